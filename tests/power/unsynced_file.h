#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace probefarm {

// A file as a disk may have it after the power failed: what was synced is there; of each write
// since then any of its sectors may be, or not. A write is taken to harm nothing beside it
// (SQLite's SQLITE_IOCAP_POWERSAFE_OVERWRITE, which it assumes of today's disks). Not thread-safe.
class UnsyncedFile {
 public:
  // `synced`: the content that is safe.
  explicit UnsyncedFile(std::string synced = "") : synced_(std::move(synced)) {}

  void Write(int64_t offset, absl::string_view bytes) {
    changes_.push_back({offset, std::string(bytes), -1});
  }
  void Truncate(int64_t size) { changes_.push_back({0, "", size}); }
  // All that came before is safe.
  void Sync();

  // One of the contents that the disk may have.
  std::string AfterPowerCut(std::mt19937& random) const;
  bool synced() const { return changes_.empty(); }

 private:
  struct Change {
    int64_t offset;
    std::string bytes;
    int64_t truncate_to;  // -1: a write
  };

  static void Apply(Change const& change, std::string& content);

  std::string synced_;
  std::vector<Change> changes_;
};

}  // namespace probefarm
