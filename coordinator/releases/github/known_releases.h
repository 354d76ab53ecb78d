#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/releases/github/github_api.h"
#include "coordinator/releases/github/github_host_options.h"
#include "coordinator/releases/github/pacing/request_gate.h"
#include "coordinator/releases/github/release_board.h"
#include "coordinator/releases/github/release_turns.h"
#include "lib/driver/release_key.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// What this program knows of each release (KnownRelease), read from GitHub when it is asked for
// first: the whole list once, then its end only. Releases that are missing are made here.
//
// What comes out is a copy, which may be out of date at once; what must hold at the moment of a
// change is looked at in Change().
//
// Thread-safe. No lock is held over I/O; two that look for one release, or make it, wait for one
// another. Errors are those of GitHubApi.
class KnownReleases {
 public:
  // All must outlive it. `api` has no pause: workers wait for what is read here.
  KnownReleases(GitHubApi& api, RequestGate& gate, Clock const& clock,
                GitHubHostOptions const& options);

  // What is known without asking; nullopt: nothing.
  std::optional<KnownRelease> Find(ReleaseKey const& key) const EXCLUDES(mu_);
  // Changes what is known of a release that is known. `change` runs under the lock: it is quick and
  // asks nobody.
  void Change(ReleaseKey const& key, std::function<void(KnownRelease&)> const& change)
      EXCLUDES(mu_);

  // What is known; read from GitHub the first time, and after a refusal that nobody expected
  // (`changed`). nullopt: there is no such release.
  absl::StatusOr<std::optional<KnownRelease>> Know(ReleaseKey const& key) EXCLUDES(mu_);
  // The same, with what an upload under the name that has broken off since has left.
  absl::StatusOr<std::optional<KnownRelease>> KnowAfterBreak(ReleaseKey const& key,
                                                             std::string const& name) EXCLUDES(mu_);
  // The same as Know(), made when there is none. UNAVAILABLE when another coordinator made it and
  // it is not to be seen yet.
  absl::StatusOr<KnownRelease> KnowOrCreate(ReleaseKey const& key) EXCLUDES(mu_);

  // Reads the end of the list; and all of it when the name is not there: pages move when somebody
  // deletes an asset.
  absl::Status ReadUntilSeen(ReleaseKey const& key, KnownRelease const& known,
                             std::string const& name) EXCLUDES(mu_);
  // Takes in a release with all that GitHub lists of it, and returns what is known now. Grants and
  // arrivals stay.
  KnownRelease TakeWhole(ReleaseKey const& key, GitHubRelease release,
                         std::vector<GitHubAsset> assets) EXCLUDES(mu_);
  // The known releases of which that is so. `is_so` runs under the lock: it is quick and asks
  // nobody.
  std::vector<ReleaseKey> Where(std::function<bool(KnownRelease const&)> const& is_so) const
      EXCLUDES(mu_);
  // ReleaseHost::Rooms(), of every tag of which a release is known.
  std::vector<ReleaseRoom> Rooms() const EXCLUDES(mu_);

  // Whether lists of then may not show what was made before `since`.
  bool MayBeBehind(absl::Time then, absl::Time since) const {
    return then < since + options_.list_lag;
  }
  // Whether lists may not show yet what an earlier run of this program made.
  bool StartedJustNow() const { return MayBeBehind(clock_.Now(), started_at_); }

 private:
  // Whether the release was not there lately, and is not asked for again.
  bool IsAbsent(ReleaseKey const& key) const EXCLUDES(mu_);
  absl::StatusOr<std::optional<KnownRelease>> Read(ReleaseKey const& key) EXCLUDES(mu_);
  // Reads the list again, from that page on.
  absl::Status ReadAssets(ReleaseKey const& key, KnownRelease const& known, int first_page)
      EXCLUDES(mu_);
  // Of new tags.
  absl::StatusOr<std::string> TargetOf(std::string const& repository) EXCLUDES(mu_);
  // The uploads of the last hour of earlier runs, once for each release: GitHub counts them still.
  void CountPast(ReleaseKey const& key, KnownRelease const& known) EXCLUDES(mu_);

  GitHubApi& api_;
  RequestGate& gate_;
  Clock const& clock_;
  GitHubHostOptions const& options_;
  absl::Time const started_at_;
  ReleaseTurns turns_;
  mutable Mutex mu_;
  std::map<ReleaseKey, KnownRelease> releases_ GUARDED_BY(mu_);
  std::set<ReleaseKey> counted_ GUARDED_BY(mu_);                // see CountPast()
  std::map<ReleaseKey, absl::Time> absent_ GUARDED_BY(mu_);     // when it was not there
  std::map<std::string, std::string> targets_ GUARDED_BY(mu_);  // by repository
};

}  // namespace probefarm
