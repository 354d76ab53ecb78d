#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/releases/github/github_api.h"
#include "coordinator/releases/github/known_releases.h"
#include "lib/driver/release_key.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// Takes an asset away that was withdrawn. Thread-safe; holds no lock while it asks GitHub.
class AssetRemoval {
 public:
  // All must outlive it. `patient` has a pause: nobody waits for it.
  AssetRemoval(KnownReleases& releases, GitHubApi& patient, Clock const& clock)
      : releases_(releases), patient_(patient), clock_(clock) {}

  // ReleaseHost::RemoveAsset(), of names that were checked. Reads the release's list first.
  absl::Status Remove(ReleaseKey const& key, std::string const& asset_name,
                      std::string const& sha256);

 private:
  // What has the name now, whole or not; nullopt: nothing.
  absl::StatusOr<std::optional<GitHubAsset>> PresentUnder(ReleaseKey const& key,
                                                          KnownRelease const& known,
                                                          std::string const& name);

  KnownReleases& releases_;
  GitHubApi& patient_;
  Clock const& clock_;
};

// Whether an index stands in the release, or a new one is half put in place. Pure.
bool HasIndex(KnownRelease const& known);

}  // namespace probefarm
