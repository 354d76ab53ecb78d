#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "absl/status/statusor.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// Hexadecimal, lower case; bytes.
struct FileDigest {
  std::string sha256;
  int64_t size = 0;
};

// SHA-256 of files, read again only when a file's inode, size or times say that it changed (the
// time of change too, which unlike that of modification cannot be set). A file that changed in the
// last two seconds is not remembered: it could change again under the same time. Thread-safe; two
// callers for one new file both read it.
class AssetDigests {
 public:
  // `clock` must outlive it, and be that of the file system's times.
  explicit AssetDigests(Clock const* clock) : clock_(clock) {}

  // NOT_FOUND when there is no regular file; UNAVAILABLE when it changes while it is read. Blocks
  // for the reading of a file that is not known. Else the status of the file's error.
  absl::StatusOr<FileDigest> Of(std::string const& path) EXCLUDES(mu_);

  // How many files were read, for tests.
  int64_t files_read() EXCLUDES(mu_);

 private:
  // Inode, size, modified and changed, in nanoseconds.
  using Identity = std::tuple<uint64_t, int64_t, int64_t, int64_t>;
  struct Known {
    Identity identity;
    std::string sha256;
  };
  // By stat(2), links followed.
  static absl::StatusOr<Identity> Identify(std::string const& path);
  // Whether the last change is so long ago that another one would show in the times.
  bool IsSettled(Identity const& identity) const;

  Clock const* const clock_;
  Mutex mu_;
  std::map<std::string, Known> known_ GUARDED_BY(mu_);
  int64_t files_read_ GUARDED_BY(mu_) = 0;
};

}  // namespace probefarm
