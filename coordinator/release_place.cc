#include "coordinator/release_place.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/credentials/make_token_source.h"
#include "coordinator/releases/github/github_host.h"
#include "coordinator/releases/github/release_board.h"
#include "coordinator/releases/github/stoppable_pause.h"
#include "coordinator/web/release_pages.h"
#include "lib/driver/asset_name.h"
#include "lib/http/http_client.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int64_t kFewestPages = 10;

class DirectoryPlace final : public ReleasePlace {
 public:
  DirectoryPlace(std::unique_ptr<DirectoryHost> host, std::string const& public_url)
      : host_(std::move(host)), download_url_(absl::StrCat(public_url, ReleasePages::kRoute)) {}

  ReleaseHost& host() override { return *host_; }
  DirectoryHost* directory() override { return host_.get(); }
  std::string download_url() const override { return download_url_; }
  std::string UrlOf(std::string const& tag, std::string const& file) const override {
    return absl::StrCat(download_url_, EncodeUrlPath(absl::StrCat(tag, "/", file)));
  }

 private:
  std::unique_ptr<DirectoryHost> const host_;
  std::string const download_url_;
};

// Half of what reads may use between two comparisons: the other half is for looking at uploads.
int64_t PagesPerListing(PacingLimits const& limits, absl::Duration interval) {
  double const reads = limits.read_share * limits.primary_points_per_hour;
  double const hours = absl::FDivDuration(interval, absl::Hours(1));
  return std::max<int64_t>(kFewestPages, static_cast<int64_t>(reads * hours / 2));
}

class GitHubPlace final : public ReleasePlace {
 public:
  GitHubPlace(GitHubHostConfig const& config, ReleasePlaceOptions const& options,
              Clock const& clock, Metrics& metrics, std::unique_ptr<HttpClient> http,
              std::unique_ptr<TokenSource> tokens, int64_t pages_per_listing)
      : config_(config),
        http_(std::move(http)),
        tokens_(std::move(tokens)),
        gate_(config.limits, clock, metrics),
        pages_(absl::StrCat(options.data_dir, "/github")),
        pause_(clock),
        api_(*http_, *tokens_, gate_, pages_, nullptr, {config.api_url, config.uploads_url}),
        patient_(*http_, *tokens_, gate_, pages_, &pause_, {config.api_url, config.uploads_url}),
        host_(api_, patient_, gate_, clock,
              {config.repositories, config.target, config.upload_time, config.starter_grace,
               config.look_interval, config.list_lag, pages_per_listing}) {}

  ReleaseHost& host() override { return host_; }
  std::string download_url() const override {
    return absl::StrCat(config_.web_url, "/", config_.repositories.front(), "/releases/download/");
  }
  std::string UrlOf(std::string const& tag, std::string const& file) const override {
    return absl::StrCat(download_url(), EncodeUrlPath(absl::StrCat(tag, "/", file)));
  }
  absl::Duration side_files_interval() const override { return config_.side_files_interval; }
  bool side_files_at_once() const override { return false; }
  int most_log_bundles() const override { return kMostLogBundles; }
  bool grants_hold_tokens() const override { return true; }
  void RunOnce() override { gate_.RunOnce(); }
  std::unique_ptr<ChangelogWriter> MakeChangelog(Store& store) override {
    if (config_.changelog_file.empty()) return nullptr;
    return std::make_unique<ChangelogWriter>(&store, &patient_, config_.repositories,
                                             config_.changelog_file);
  }
  absl::Duration changelog_interval() const override { return config_.changelog_interval; }
  void Stop() override { pause_.Stop(); }

 private:
  GitHubHostConfig const config_;
  std::unique_ptr<HttpClient> const http_;
  std::unique_ptr<TokenSource> const tokens_;
  RequestGate gate_;
  PageCache const pages_;
  StoppablePause pause_;
  GitHubApi api_;
  GitHubApi patient_;
  GitHubHost host_;
};

absl::StatusOr<std::unique_ptr<ReleasePlace>> OpenGitHub(ReleasesConfig const& releases,
                                                         ReleasePlaceOptions const& options,
                                                         Clock const& clock, Metrics& metrics) {
  GitHubHostConfig const& config = *releases.github;
  RETURN_IF_ERROR(CheckTokenSharing(config.credentials));
  std::unique_ptr<HttpClient> http = MakeHttpClient(options.user_agent);
  ASSIGN_OR_RETURN(
      std::unique_ptr<TokenSource> tokens,
      MakeTokenSource(config.credentials, config.api_url, config.repositories, http.get(), &clock));
  return std::make_unique<GitHubPlace>(config, options, clock, metrics, std::move(http),
                                       std::move(tokens),
                                       PagesPerListing(config.limits, releases.reconcile_interval));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ReleasePlace>> ReleasePlace::Open(ReleasesConfig const& config,
                                                                 ReleasePlaceOptions const& options,
                                                                 Clock const& clock,
                                                                 Metrics& metrics) {
  if (config.on_github) return OpenGitHub(config, options, clock, metrics);
  ASSIGN_OR_RETURN(std::unique_ptr<DirectoryHost> host,
                   DirectoryHost::Open({config.directory->root, options.public_url}, &clock));
  return std::make_unique<DirectoryPlace>(std::move(host), options.public_url);
}

}  // namespace probefarm
