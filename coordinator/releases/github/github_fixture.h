#pragma once

#include <memory>
#include <string>

#include "coordinator/releases/github/github_api.h"
#include "coordinator/releases/github/github_host.h"
#include "lib/files/temporary_folder.h"
#include "lib/http/http_client.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/fake_clock.h"
#include "tests/testing/github/fake_github.h"

namespace probefarm {

// A token that does not change.
class FixedToken final : public TokenSource {
 public:
  explicit FixedToken(std::string token) : token_(std::move(token)) {}
  absl::StatusOr<AccessToken> Token() override { return AccessToken{Secret(std::string(token_))}; }

 private:
  std::string const token_;
};

// Moves the clock instead of waiting.
class ClockPause final : public PacingPause {
 public:
  explicit ClockPause(FakeClock& clock) : clock_(clock) {}
  bool WaitUntil(absl::Time time) override {
    if (time > clock_.Now()) clock_.Advance(time - clock_.Now());
    return true;
  }

 private:
  FakeClock& clock_;
};

// The host, as the coordinator has it, in front of a fake GitHub with the repositories "o/one" and
// "o/two". Limits are high unless a test sets them: time stands still. Not thread-safe.
struct GitHubFixture {
  explicit GitHubFixture(PacingLimits const& limits = Unlimited());

  // In front of another server, which has the repository and knows the token; `github` is null.
  GitHubFixture(std::string const& api_url, std::string const& uploads_url, std::string token,
                std::string const& repository);

  // The coordinator ends and begins again: what it knew is gone, pages are kept.
  void Restart();
  UploadReport Perform(UploadGrant const& grant, std::string const& bytes);
  absl::StatusOr<std::string> Download(std::string const& repository, std::string const& tag,
                                       std::string const& file);
  static PacingLimits Unlimited();

  TemporaryFolder folder;
  FakeClock clock;
  Metrics metrics;
  PacingLimits const limits;
  std::unique_ptr<FakeGitHub> github;
  std::unique_ptr<HttpClient> http = MakeHttpClient("probefarm-test");
  FixedToken token;
  GitHubOptions urls;
  ClockPause pause{clock};
  GitHubHostOptions options{.repositories = {"o/one", "o/two"}};
  std::unique_ptr<RequestGate> gate;
  std::unique_ptr<PageCache> pages;
  std::unique_ptr<GitHubApi> api;
  std::unique_ptr<GitHubApi> patient;
  std::unique_ptr<GitHubHost> host;
};

}  // namespace probefarm
