#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/releases/release_host.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// An upload that was granted and has not begun. What was announced: the upload is held to its size
// and digest.
struct PendingUpload {
  UploadIntent intent;
  std::string asset_name;
  absl::Time deadline;
};

// 256 random bits in hexadecimal, from OpenSSL. INTERNAL when it has none.
absl::StatusOr<std::string> NewUploadToken();

// The one-use tokens that are out, at most one for a name. In memory only: after a restart they are
// unknown, and whoever holds one asks for another grant. Thread-safe.
class UploadTokens {
 public:
  // Reserves the pending upload's name for its job until it is taken or its deadline has passed; an
  // earlier token of the same job for that name is void. Answers instead, changing nothing, the
  // upload by which another job holds the name.
  std::optional<PendingUpload> Reserve(std::string const& token, PendingUpload pending,
                                       absl::Time now) EXCLUDES(mu_);

  // What the token was granted for, once. Nothing when it is unknown, used, void or expired.
  std::optional<PendingUpload> Take(std::string const& token, absl::Time now) EXCLUDES(mu_);

 private:
  // With every call, so that what nobody uses does not stay.
  void DropExpired(absl::Time now) REQUIRES(mu_);

  Mutex mu_;
  std::map<std::string, PendingUpload> pending_ GUARDED_BY(mu_);
};

}  // namespace probefarm
