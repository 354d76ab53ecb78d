#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace probefarm {

// Owns a file descriptor and closes it. Errors of the close are not seen: whoever needs them
// syncs first. Movable; what was moved from is not valid(). Not thread-safe.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  ~UniqueFd() { Reset(); }
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) Reset(other.Release());
    return *this;
  }

  // The descriptor, still owned by this; -1 when none is held.
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  // The caller closes it.
  int Release() { return std::exchange(fd_, -1); }
  // Closes what is held and takes `fd` instead, or nothing.
  void Reset(int fd = -1);

 private:
  int fd_ = -1;
};

// open(2) with O_CLOEXEC, repeated on EINTR. `flags` as there; `mode` counts when O_CREAT makes the
// file. Errors are absl's of errno and name the path: NOT_FOUND, PERMISSION_DENIED, ALREADY_EXISTS
// (O_EXCL), RESOURCE_EXHAUSTED, ….
absl::StatusOr<UniqueFd> OpenFile(std::string const& path, int flags, int mode = 0644);

}  // namespace probefarm
