#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "coordinator/releases/github/credentials/credentials_config.h"
#include "coordinator/releases/github/pacing/pacing_limits.h"
#include "lib/config/yaml_reader.h"

namespace probefarm {

// Releases in a folder of the coordinator's machine, served at its HTTP port.
struct DirectoryHostConfig {
  // A path, relative to where the coordinator runs unless absolute. Never empty; made when it is
  // missing.
  std::string root;
  friend bool operator==(DirectoryHostConfig const&, DirectoryHostConfig const&) = default;
};

// Releases on GitHub, or on a server that speaks as GitHub does.
struct GitHubHostConfig {
  std::vector<std::string> repositories;  // "owner/name", filled in this order; at least one
  // Branch or commit that the tags of new releases point at; empty: the default branch.
  std::string target;
  std::string api_url = "https://api.github.com";          // without a slash at its end
  std::string uploads_url = "https://uploads.github.com";  // the same
  std::string web_url = "https://github.com";              // the same; where people download
  // Between two rounds of side files, however many probes are published meanwhile. From 1 s to a
  // day.
  absl::Duration side_files_interval = absl::Minutes(10);
  absl::Duration upload_time = absl::Minutes(15);  // of one file by a worker; 10 s to 2 h
  // Before the rest of an upload that nobody here began is deleted. From 1 s to a day.
  absl::Duration starter_grace = absl::Minutes(10);
  // Between two looks at a release's list for what workers sent: a job waits that long for its
  // publication, and each look costs a request. From 100 ms to an hour.
  absl::Duration look_interval = absl::Seconds(30);
  // Lists may be behind by as much: what is missing for longer is not there. From 1 s to an hour.
  absl::Duration list_lag = absl::Minutes(1);
  // In each repository, with a line for each probe; empty: none. A path in the repository.
  std::string changelog_file;
  // Between two rounds of commits to it. From 1 s to a day.
  absl::Duration changelog_interval = absl::Hours(1);
  CredentialsConfig credentials;
  PacingLimits limits;
  friend bool operator==(GitHubHostConfig const&, GitHubHostConfig const&) = default;
};

// Build logs of published probes, many in one file of their release.
struct LogBundleConfig {
  int logs = 100;  // that make a bundle; from 64 to 1000
  // After which those that wait are put into one, however few they are, as long as the release has
  // places for it. From 1 s to 30 days.
  absl::Duration age = absl::Hours(24);
  friend bool operator==(LogBundleConfig const&, LogBundleConfig const&) = default;
};

// Where probes are published.
//
//   releases:
//     reconcile_interval: 10m
//     directory: {root: /var/lib/probefarm/releases}
struct ReleasesConfig {
  // Between two comparisons of the catalog with what the host holds. From 1 s to a week.
  absl::Duration reconcile_interval = absl::Minutes(10);
  // Of assets that nobody recorded and whose digest the host does not know: how many are read at
  // each comparison. From 0 to 1000.
  int adopt_downloads = 20;
  LogBundleConfig log_bundles = {};
  // The key `host` says which: "directory", the default, or "github". Both may be written down.
  bool on_github = false;
  std::optional<DirectoryHostConfig> directory = std::nullopt;
  std::optional<GitHubHostConfig> github = std::nullopt;
  friend bool operator==(ReleasesConfig const&, ReleasesConfig const&) = default;
};

// The mapping `releases`, which is required, and in it the mapping of its host.
ReleasesConfig ReadReleases(YamlMapping& top);

}  // namespace probefarm
