#pragma once

#include <string>

#include "absl/time/time.h"
#include "lib/config/yaml_reader.h"

namespace probefarm {

// Releases in a folder of the coordinator's machine, served at its HTTP port.
struct DirectoryHostConfig {
  // A path, relative to where the coordinator runs unless absolute. Never empty; made when it is
  // missing.
  std::string root;
  friend bool operator==(DirectoryHostConfig const&, DirectoryHostConfig const&) = default;
};

// Where probes are published.
//
//   releases:
//     reconcile_interval: 10m
//     directory: {root: /var/lib/probefarm/releases}
struct ReleasesConfig {
  // Between two comparisons of the catalog with what the host holds. From 1 s to a week.
  absl::Duration reconcile_interval = absl::Minutes(10);
  DirectoryHostConfig directory;
  friend bool operator==(ReleasesConfig const&, ReleasesConfig const&) = default;
};

// The mapping `releases`, which is required. `releases.directory.root` is required too.
ReleasesConfig ReadReleases(YamlMapping& top);

}  // namespace probefarm
