#include "tests/testing/farm/farm_github.h"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/files/durable_file.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kPointsAnHour = 1'000'000;

constexpr char kReleases[] =
    R"({host: github, reconcile_interval: $INTERVAL,
  log_bundles: {age: $AGE}, github: {repositories: [$REPOSITORY],
  api_url: "$API", uploads_url: "$UPLOADS", web_url: "$WEB", side_files_interval: $INTERVAL,
  look_interval: 300ms, list_lag: 2s, starter_grace: 2s,
  credentials: $CREDENTIALS, limits: $LIMITS}})";

FakeGitHubOptions Roomy(std::string state_dir) {
  FakeGitHubOptions options;
  options.state_dir = std::move(state_dir);
  options.limits.creations_a_minute = 6000;
  options.limits.creations_an_hour = 100'000;
  options.limits.points_a_minute = 60'000;
  options.limits.concurrent = 20;
  return options;
}

absl::Status WriteToken(std::string const& path) {
  std::ofstream(path) << FarmGitHub::kToken;
  if (chmod(path.c_str(), S_IRUSR) != 0) return FileError(errno, "protect", path);
  return absl::OkStatus();
}

}  // namespace

FarmGitHub::FarmGitHub(std::string folder, std::unique_ptr<FakeGitHub> fake)
    : folder_(std::move(folder)), fake_(std::move(fake)) {}

absl::StatusOr<std::unique_ptr<FarmGitHub>> FarmGitHub::Start(std::string folder) {
  RETURN_IF_ERROR(WriteToken(folder + "/token"));
  ASSIGN_OR_RETURN(std::unique_ptr<FakeGitHub> fake, FakeGitHub::Start(Roomy(folder + "/github")));
  fake->AddRepository(kRepository);
  FakeToken token;
  token.value = kToken;
  token.points_an_hour = kPointsAnHour;
  fake->AddToken(token);
  return std::unique_ptr<FarmGitHub>(new FarmGitHub(std::move(folder), std::move(fake)));
}

std::string FarmGitHub::Config(FarmGitHubConfig const& config) const {
  std::string const credentials =
      config.credentials.empty()
          ? absl::StrCat("{token_file: ", folder_, "/token, share_token_with_workers: true}")
          : config.credentials;
  return absl::StrReplaceAll(kReleases, {{"$INTERVAL", config.interval},
                                         {"$AGE", config.log_bundle_age},
                                         {"$REPOSITORY", kRepository},
                                         {"$API", fake_->api_url()},
                                         {"$UPLOADS", fake_->uploads_url()},
                                         {"$WEB", fake_->web_url()},
                                         {"$CREDENTIALS", credentials},
                                         {"$LIMITS", config.limits}});
}

}  // namespace probefarm
