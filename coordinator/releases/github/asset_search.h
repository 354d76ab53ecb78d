#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/releases/github/github_api.h"
#include "coordinator/releases/github/github_host_options.h"
#include "coordinator/releases/github/known_releases.h"
#include "coordinator/releases/github/pacing/request_gate.h"
#include "coordinator/releases/release_host.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// Looks for what was uploaded, though GitHub's lists are behind. What workers say has arrived is
// looked for in batches, one look in `look_interval` for each release; and nothing that was granted
// or has arrived is missing before lists must show it.
//
// Thread-safe: all it knows is in KnownReleases.
class AssetSearch {
 public:
  // All must outlive it. `api` has no pause; `patient` reads the bytes of assets without a digest.
  AssetSearch(KnownReleases& releases, GitHubApi& api, GitHubApi& patient, RequestGate& gate,
              Clock const& clock, GitHubHostOptions const& options)
      : releases_(releases),
        api_(api),
        patient_(patient),
        gate_(gate),
        clock_(clock),
        options_(options) {}

  // In the first repository that has it. NOT_FOUND when none has, UNAVAILABLE while that cannot be
  // told. Ends a grant for the name: see GitHubHost.
  absl::StatusOr<HostedAsset> FindAsset(std::string const& tag, std::string const& asset_name);

 private:
  absl::StatusOr<HostedAsset> LookFor(ReleaseKey const& key, KnownRelease const& seen,
                                      std::string const& name);
  // Of a name that is taken now: whoever has the grant can do nothing with it any more.
  void DropGrant(ReleaseKey const& key, std::string const& name);
  // From a grant on, there may be an upload that nobody will report.
  void EndGrant(ReleaseKey const& key, std::string const& name);
  // At GitHub; nullopt when it is not to be seen.
  absl::StatusOr<std::optional<GitHubAsset>> Look(ReleaseKey const& key, KnownRelease const& known,
                                                  std::string const& name);
  // The only one that has arrived, by the id that the worker told; nullopt: look at the list.
  absl::StatusOr<std::optional<GitHubAsset>> LookById(ReleaseKey const& key,
                                                      KnownRelease const& known,
                                                      std::string const& name);
  // What was granted or arrived is waited for as long as lists may be behind.
  absl::Status NotThere(ReleaseKey const& key, std::string const& name);
  absl::StatusOr<HostedAsset> WithDigest(ReleaseKey const& key, GitHubAsset asset);

  KnownReleases& releases_;
  GitHubApi& api_;
  GitHubApi& patient_;
  RequestGate& gate_;
  Clock const& clock_;
  GitHubHostOptions const& options_;
};

}  // namespace probefarm
