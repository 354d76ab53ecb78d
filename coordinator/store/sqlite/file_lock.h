#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace probefarm {

// Exclusive use of a file, for as long as this lives: the kernel lets it go when the process ends,
// however it ends. flock(2) on a file beside the database. It is advisory: it keeps out other
// coordinators, not other programs. The file stays.
class FileLock {
 public:
  // Locks `path`, which is made when it is not there. FAILED_PRECONDITION when another process (or
  // another FileLock of this one) has it. Does not wait. The status of errno when the file cannot
  // be opened.
  static absl::StatusOr<FileLock> Take(std::string const& path);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace probefarm
