#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "coordinator/releases/github/github_api.h"
#include "coordinator/releases/github/github_host_options.h"
#include "coordinator/releases/github/known_releases.h"
#include "coordinator/releases/github/pacing/request_gate.h"
#include "coordinator/releases/release_host.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// Uploads that workers make: to which repository a file goes, who may send it, and what became of
// it. A file goes to the first repository whose release of its tag has room, and stays there.
//
// Thread-safe: all it knows is in KnownReleases.
class GitHubUploads {
 public:
  // All must outlive it. `api` has no pause.
  GitHubUploads(KnownReleases& releases, GitHubApi& api, RequestGate& gate, Clock const& clock,
                GitHubHostOptions const& options)
      : releases_(releases), api_(api), gate_(gate), clock_(clock), options_(options) {}

  // As ReleaseHost has them.
  absl::StatusOr<UploadAnswer> PrepareUpload(UploadIntent const& intent);
  UploadOutcome InterpretUpload(UploadIntent const& intent, UploadReport const& report);

  // For a name under which `known` has a `starter`: it is deleted, or waited for while somebody may
  // be uploading it. nullopt: the name is free.
  absl::StatusOr<std::optional<WaitUntil>> ClearStarter(ReleaseKey const& key,
                                                        KnownRelease const& known,
                                                        std::string const& name);

 private:
  // A grant that has been used.
  struct UsedGrant {
    ReleaseKey key;
    PlaceId place = 0;
  };

  // What there is under the name in a release, asset or grant; nullopt: nothing, and the next
  // repository is looked at.
  absl::StatusOr<std::optional<UploadAnswer>> Occupied(ReleaseKey const& key,
                                                       UploadIntent const& intent,
                                                       std::string const& name);
  // The first repository with room; nullopt when none has any.
  absl::StatusOr<std::optional<ReleaseKey>> ChoosePlace(std::string const& tag);
  absl::StatusOr<UploadAnswer> Grant(ReleaseKey const& key, UploadIntent const& intent,
                                     std::string const& name);
  // False: another job was quicker.
  bool Reserve(ReleaseKey const& key, UploadIntent const& intent, std::string const& name,
               absl::Time deadline, PlaceId place);
  // The name is taken, as GitHub said a moment ago, and not to be seen. nullopt: it is not.
  std::optional<WaitUntil> WaitForList(ReleaseKey const& key, KnownRelease const& known,
                                       std::string const& name);
  // Ends the job's grant for the name, wherever it was given. nullopt: this run gave none.
  std::optional<UsedGrant> TakeGrant(UploadIntent const& intent, std::string const& name);
  UploadOutcome Arrived(ReleaseKey const& key, std::string const& name, UploadReport const& report);

  KnownReleases& releases_;
  GitHubApi& api_;
  RequestGate& gate_;
  Clock const& clock_;
  GitHubHostOptions const& options_;
};

}  // namespace probefarm
