#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/releases/github/credentials/installation_token.h"
#include "coordinator/releases/github/credentials/token_source.h"
#include "lib/http/http_client.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// Installation tokens of a GitHub App, one at a time, renewed when less than ten minutes are left.
// One caller renews while the others go on with the old token, or wait where there is none. When
// renewal fails the old token is used to its end, and GitHub is asked again ten seconds later at
// the earliest. The key is read for each renewal: it can be replaced at any time.
class AppToken final : public TokenSource {
 public:
  // Reads the key for the first time, and asks GitHub nothing. `http` and `clock` outlive this.
  static absl::StatusOr<std::unique_ptr<AppToken>> Open(AppInstallation installation,
                                                        std::string key_file, HttpClient* http,
                                                        Clock const* clock);

  absl::StatusOr<AccessToken> Token() override EXCLUDES(mu_);
  void Reject(Secret const& token) override EXCLUDES(mu_);

 private:
  AppToken(AppInstallation installation, std::string key_file, HttpClient* http,
           Clock const* clock);

  // How long the token that is held can be used still, on a clock that nobody sets.
  absl::Duration Left() const REQUIRES(mu_);
  bool IsUsable() const REQUIRES(mu_);
  bool NeedsRenewal() const REQUIRES(mu_);
  absl::StatusOr<AccessToken> Current() const REQUIRES(mu_);
  // Whether the caller is the one to renew; false when Current() is what there is.
  bool BeginRenewal() EXCLUDES(mu_);
  absl::StatusOr<AccessToken> EndRenewal(absl::StatusOr<AccessToken> renewed) EXCLUDES(mu_);
  absl::StatusOr<AccessToken> AskGitHub() const;

  AppInstallation const installation_;
  std::string const key_file_;
  HttpClient* const http_;
  Clock const* const clock_;
  Mutex mu_;
  CondVar renewed_;
  bool renewing_ GUARDED_BY(mu_) = false;
  std::optional<AccessToken> token_ GUARDED_BY(mu_);
  absl::Duration ends_ GUARDED_BY(mu_) = absl::ZeroDuration();        // since boot
  absl::Duration asked_ GUARDED_BY(mu_) = -absl::InfiniteDuration();  // since boot
  absl::Status failure_ GUARDED_BY(mu_) = absl::UnavailableError("no token yet");
};

}  // namespace probefarm
