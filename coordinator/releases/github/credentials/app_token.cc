#include "coordinator/releases/github/credentials/app_token.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/credentials/app_jwt.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr absl::Duration kRenewBefore = absl::Minutes(10);
// A request takes a while to get there.
constexpr absl::Duration kLeastUse = absl::Seconds(30);
constexpr absl::Duration kPause = absl::Seconds(10);

}  // namespace

absl::StatusOr<std::unique_ptr<AppToken>> AppToken::Open(AppInstallation installation,
                                                         std::string key_file, HttpClient* http,
                                                         Clock const* clock) {
  RETURN_IF_ERROR(Annotate(ReadAppKey(key_file).status(), "read the App's key"));
  return std::unique_ptr<AppToken>(
      new AppToken(std::move(installation), std::move(key_file), http, clock));
}

AppToken::AppToken(AppInstallation installation, std::string key_file, HttpClient* http,
                   Clock const* clock)
    : installation_(std::move(installation)),
      key_file_(std::move(key_file)),
      http_(http),
      clock_(clock) {}

absl::StatusOr<AccessToken> AppToken::Token() {
  if (!BeginRenewal()) {
    MutexLock lock(mu_);
    return Current();
  }
  absl::StatusOr<AccessToken> renewed = AskGitHub();
  absl::Status const failure = renewed.status();
  absl::StatusOr<AccessToken> current = EndRenewal(std::move(renewed));
  if (!failure.ok() && current.ok()) {
    Log(LogLevel::kWarning, "the token of the GitHub App is not renewed, the old one is used on",
        {{"error", std::string(failure.message())}});
  }
  return current;
}

bool AppToken::BeginRenewal() {
  MutexLock lock(mu_);
  while (renewing_ && !IsUsable()) renewed_.Wait(mu_);
  if (renewing_ || !NeedsRenewal()) return false;
  renewing_ = true;
  return true;
}

absl::StatusOr<AccessToken> AppToken::EndRenewal(absl::StatusOr<AccessToken> renewed) {
  MutexLock lock(mu_);
  renewing_ = false;
  asked_ = clock_->SinceBoot();
  failure_ = renewed.status();
  if (renewed.ok()) {
    token_ = *std::move(renewed);
    ends_ = asked_ + (token_->expires_at - clock_->Now());
  }
  renewed_.NotifyAll();
  return Current();
}

absl::Duration AppToken::Left() const {
  return token_.has_value() ? ends_ - clock_->SinceBoot() : absl::ZeroDuration();
}

bool AppToken::IsUsable() const { return Left() >= kLeastUse; }

bool AppToken::NeedsRenewal() const {
  return Left() < kRenewBefore && clock_->SinceBoot() - asked_ >= kPause;
}

absl::StatusOr<AccessToken> AppToken::Current() const {
  if (IsUsable()) return *token_;
  if (!failure_.ok()) return failure_;
  return absl::UnavailableError(absl::StrCat("GitHub refused a new token of App ",
                                             installation_.app,
                                             ": another one is asked for in a few seconds"));
}

absl::StatusOr<AccessToken> AppToken::AskGitHub() const {
  absl::StatusOr<PrivateKey> const key = ReadAppKey(key_file_);
  if (!key.ok()) return Annotate(key.status(), "read the App's key");
  ASSIGN_OR_RETURN(Secret const jwt, MakeAppJwt(key->get(), installation_.app, clock_->Now()));
  absl::StatusOr<HttpResponse> response = http_->Send(MakeTokenRequest(installation_, jwt));
  if (!response.ok()) {
    return Annotate(response.status(),
                    absl::StrCat("get a token for GitHub App ", installation_.app));
  }
  return ReadTokenAnswer(installation_, *response, jwt, clock_->Now());
}

void AppToken::Reject(Secret const& token) {
  MutexLock lock(mu_);
  if (token_.has_value() && token_->secret == token) token_.reset();
}

}  // namespace probefarm
