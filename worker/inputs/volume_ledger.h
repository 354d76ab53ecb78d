#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace probefarm {

// What is known of a volume that no engine tells cheaply.
struct VolumeUse {
  int64_t bytes = 0;  // of its files, unpacked
  absl::Time last_use;
};

// Keeps the size and the last use of header volumes, over restarts: a file for each,
// `<folder>/<volume>`, which holds the bytes in decimal and whose modification time is the last
// use. Workers on one machine may share a folder. Losing it costs nothing but good guesses.
// Thread-safe.
class VolumeLedger {
 public:
  // The folder is made at the first entry.
  explicit VolumeLedger(std::string folder) : folder_(std::move(folder)) {}

  // A volume was filled with `bytes`.
  absl::Status Enter(std::string const& volume, int64_t bytes) const;
  // Nothing happens to a volume that was never entered.
  absl::Status NoteUse(std::string const& volume, absl::Time now) const;
  // Nothing for a volume that was never entered, or whose entry cannot be read.
  std::optional<VolumeUse> Find(std::string const& volume) const;
  void Remove(std::string const& volume) const;

 private:
  std::string PathOf(std::string const& volume) const { return folder_ + "/" + volume; }

  std::string const folder_;
};

// A volume and its entry.
struct VolumeEntry {
  std::string volume;
  VolumeUse use;
};

// Which must go so that the others have no more than `max_bytes` together: those used longest ago,
// in that order. Pure.
std::vector<std::string> VolumesToEvict(std::vector<VolumeEntry> volumes, int64_t max_bytes);

}  // namespace probefarm
