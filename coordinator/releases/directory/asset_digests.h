#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "absl/status/statusor.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

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
  explicit AssetDigests(Clock const* clock) : clock_(clock) {}

  // NOT_FOUND when there is no regular file; UNAVAILABLE when it changes while it is read.
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
  static absl::StatusOr<Identity> Identify(std::string const& path);
  bool IsSettled(Identity const& identity) const;

  Clock const* const clock_;
  Mutex mu_;
  std::map<std::string, Known> known_ GUARDED_BY(mu_);
  int64_t files_read_ GUARDED_BY(mu_) = 0;
};

}  // namespace probefarm
