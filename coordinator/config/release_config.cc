#include "coordinator/config/release_config.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "coordinator/config/http_url.h"
#include "re2/re2.h"

namespace probefarm {
namespace {

using Presence = YamlMapping::Presence;

constexpr absl::Duration kShortestInterval = absl::Seconds(1);
constexpr absl::Duration kLongestInterval = absl::Hours(7 * 24);
constexpr int64_t kMostAdoptDownloads = 1000;
// Fifteen such bundles hold all the logs of a release at GitHub.
constexpr int64_t kFewestLogsOfABundle = 64;
constexpr int64_t kMostLogsOfABundle = 1000;
constexpr absl::Duration kLongestLogWait = absl::Hours(30 * 24);
constexpr absl::Duration kLongestSideFilesInterval = absl::Hours(24);

DirectoryHostConfig ReadDirectory(YamlMapping& directory) {
  DirectoryHostConfig config;
  config.root = directory.String("root");
  if (config.root.empty()) directory.Error("root", "is empty");
  return config;
}

std::string ReadUrl(YamlMapping& github, char const* key, std::string const& otherwise) {
  std::string url = github.String(key, otherwise);
  github.Check(key, CheckHttpUrl(url));
  return url;
}

// GitHub's own rule for names, as far as a URL depends on it.
std::vector<std::string> ReadRepositories(YamlMapping& github) {
  static RE2 const* const repository = new RE2("[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}");
  std::vector<std::string> names = github.Strings("repositories");
  std::set<std::string> seen;
  if (names.empty()) github.Error("repositories", "is empty: name at least one");
  for (std::string const& name : names) {
    if (!RE2::FullMatch(name, *repository))
      github.Error("repositories", absl::StrCat("'", name, "' is not owner/name"));
    if (!seen.insert(name).second)
      github.Error("repositories", absl::StrCat("'", name, "' stands there twice"));
  }
  return names;
}

void ReadPatience(YamlMapping& github, GitHubHostConfig& config) {
  config.upload_time =
      github.Duration("upload_time", absl::Seconds(10), absl::Hours(2), config.upload_time);
  config.starter_grace =
      github.Duration("starter_grace", absl::Seconds(1), absl::Hours(24), config.starter_grace);
  config.look_interval = github.Duration("look_interval", absl::Milliseconds(100), absl::Hours(1),
                                         config.look_interval);
  config.list_lag = github.Duration("list_lag", absl::Seconds(1), absl::Hours(1), config.list_lag);
}

void ReadChangelog(YamlMapping& changelog, GitHubHostConfig& config) {
  static RE2 const* const path = new RE2(
      "([A-Za-z0-9_][A-Za-z0-9._-]{0,99}/){0,5}"
      "[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");
  config.changelog_file = changelog.String("file", config.changelog_file);
  if (!config.changelog_file.empty() && !RE2::FullMatch(config.changelog_file, *path))
    changelog.Error("file",
                    absl::StrCat("'", config.changelog_file, "' is no path in a repository"));
  config.changelog_interval =
      changelog.Duration("interval", kShortestInterval, absl::Hours(24), config.changelog_interval);
}

GitHubHostConfig ReadGitHub(YamlMapping& github) {
  GitHubHostConfig config;
  config.repositories = ReadRepositories(github);
  config.target = github.String("target", config.target);
  config.api_url = ReadUrl(github, "api_url", config.api_url);
  config.uploads_url = ReadUrl(github, "uploads_url", config.uploads_url);
  config.web_url = ReadUrl(github, "web_url", config.web_url);
  config.side_files_interval =
      github.Duration("side_files_interval", kShortestInterval, kLongestSideFilesInterval,
                      config.side_files_interval);
  ReadPatience(github, config);
  github.Mapping("changelog", Presence::kOptional,
                 [&](YamlMapping& changelog) { ReadChangelog(changelog, config); });
  config.credentials = ReadCredentials(github);
  config.limits = ReadPacingLimits(github);
  return config;
}

LogBundleConfig ReadLogBundles(YamlMapping& bundles) {
  LogBundleConfig config;
  config.logs =
      static_cast<int>(bundles.Int("logs", kFewestLogsOfABundle, kMostLogsOfABundle, config.logs));
  config.age = bundles.Duration("age", kShortestInterval, kLongestLogWait, config.age);
  return config;
}

}  // namespace

ReleasesConfig ReadReleases(YamlMapping& top) {
  ReleasesConfig config;
  top.Mapping("releases", Presence::kRequired, [&](YamlMapping& releases) {
    config.reconcile_interval = releases.Duration("reconcile_interval", kShortestInterval,
                                                  kLongestInterval, config.reconcile_interval);
    config.adopt_downloads = static_cast<int>(
        releases.Int("adopt_downloads", 0, kMostAdoptDownloads, config.adopt_downloads));
    releases.Mapping("log_bundles", Presence::kOptional,
                     [&](YamlMapping& bundles) { config.log_bundles = ReadLogBundles(bundles); });
    std::string const host = releases.String("host", "directory");
    if (host != "directory" && host != "github")
      releases.Error("host", absl::StrCat("'", host, "' is neither directory nor github"));
    config.on_github = host == "github";
    releases.Mapping("directory", config.on_github ? Presence::kOptional : Presence::kRequired,
                     [&](YamlMapping& directory) { config.directory = ReadDirectory(directory); });
    releases.Mapping("github", config.on_github ? Presence::kRequired : Presence::kOptional,
                     [&](YamlMapping& github) { config.github = ReadGitHub(github); });
  });
  return config;
}

}  // namespace probefarm
