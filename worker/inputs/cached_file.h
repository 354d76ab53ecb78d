#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/files/unique_fd.h"

namespace probefarm {

// A file of the cache that stays where it is for as long as this lives: a shared lock (flock) on it
// keeps every worker on the same cache from evicting it, and ends by itself with the process. It
// binds only those who ask as RemoveUnlessPinned() does. Movable; not thread-safe.
class CachedFile {
 public:
  // nullopt when there is no such file, or no longer once it was locked. Waits while it is being
  // removed. Errors of opening and locking name the path.
  static absl::StatusOr<std::optional<CachedFile>> Pin(std::string const& path);

  std::string const& path() const { return path_; }
  int64_t size() const { return size_; }  // bytes, when it was pinned

  // Notes the file's last use: its modification time, by which eviction goes.
  absl::Status Touch(absl::Time now) const;

 private:
  CachedFile(UniqueFd fd, std::string path, int64_t size);

  UniqueFd fd_;  // holds the lock
  std::string path_;
  int64_t size_;
};

// Removes a file that nobody has pinned, in this process or another; answers whether it did. A file
// that is pinned or gone already is OK and false. Never waits for a pin.
absl::StatusOr<bool> RemoveUnlessPinned(std::string const& path);

}  // namespace probefarm
