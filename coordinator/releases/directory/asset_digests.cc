#include "coordinator/releases/directory/asset_digests.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "lib/digest/sha256.h"
#include "lib/files/durable_file.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// More than the coarsest time stamps of usual file systems.
constexpr absl::Duration kSettling = absl::Seconds(2);

int64_t ToNanos(timespec const& time) { return absl::ToUnixNanos(absl::TimeFromTimespec(time)); }

}  // namespace

absl::StatusOr<AssetDigests::Identity> AssetDigests::Identify(std::string const& path) {
  struct stat about {};
  if (stat(path.c_str(), &about) != 0) return FileError(errno, "stat", path);
  if (!S_ISREG(about.st_mode)) return absl::NotFoundError(absl::StrCat(path, " is no file"));
  return Identity(about.st_ino, about.st_size, ToNanos(about.st_mtim), ToNanos(about.st_ctim));
}

bool AssetDigests::IsSettled(Identity const& identity) const {
  return absl::FromUnixNanos(std::get<3>(identity)) + kSettling < clock_->Now();
}

absl::StatusOr<FileDigest> AssetDigests::Of(std::string const& path) {
  ASSIGN_OR_RETURN(Identity const identity, Identify(path));
  int64_t const size = std::get<1>(identity);
  {
    MutexLock lock(mu_);
    auto const known = known_.find(path);
    if (known != known_.end() && known->second.identity == identity)
      return FileDigest{known->second.sha256, size};
  }
  ASSIGN_OR_RETURN(std::string sha256, Sha256OfFile(path));
  ASSIGN_OR_RETURN(Identity const afterwards, Identify(path));
  if (afterwards != identity)
    return absl::UnavailableError(absl::StrCat(path, " changed while it was read"));
  MutexLock lock(mu_);
  ++files_read_;
  if (IsSettled(identity)) known_[path] = {identity, sha256};
  return FileDigest{std::move(sha256), size};
}

int64_t AssetDigests::files_read() {
  MutexLock lock(mu_);
  return files_read_;
}

}  // namespace probefarm
