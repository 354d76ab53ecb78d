#include "coordinator/config/release_config.h"

namespace probefarm {
namespace {

using Presence = YamlMapping::Presence;

constexpr absl::Duration kShortestInterval = absl::Seconds(1);
constexpr absl::Duration kLongestInterval = absl::Hours(7 * 24);

}  // namespace

ReleasesConfig ReadReleases(YamlMapping& top) {
  ReleasesConfig config;
  top.Mapping("releases", Presence::kRequired, [&](YamlMapping& releases) {
    config.reconcile_interval = releases.Duration("reconcile_interval", kShortestInterval,
                                                  kLongestInterval, config.reconcile_interval);
    releases.Mapping("directory", Presence::kRequired, [&](YamlMapping& directory) {
      config.directory.root = directory.String("root");
      if (config.directory.root.empty()) directory.Error("root", "is empty");
    });
  });
  return config;
}

}  // namespace probefarm
