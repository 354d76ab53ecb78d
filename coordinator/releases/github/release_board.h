#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "coordinator/releases/github/github_types.h"
#include "coordinator/releases/github/pacing/pacing_windows.h"
#include "coordinator/releases/release_host.h"
#include "lib/driver/release_key.h"

namespace probefarm {

// What is known of the files of one release: what GitHub listed, and what is under way to it.

// A name that has been granted to a job.
struct NameGrant {
  int64_t job = 0;
  int64_t epoch = 0;
  absl::Time deadline;  // of its upload
  PlaceId place = 0;    // with the pacing, until the worker reports
};

// An upload that a worker says has arrived, and that nobody has seen yet.
struct Arrival {
  int64_t asset_id = 0;  // as the worker says; 0: it does not
  absl::Time at;
};

struct KnownRelease {
  GitHubRelease release;
  std::map<std::string, GitHubAsset> assets;  // by name, in whatever state
  std::map<std::string, NameGrant> granted;
  std::map<std::string, Arrival> arrived;
  // Names under which an upload of ours has broken off: a `starter` there is its rest.
  std::map<std::string, absl::Time> broken;
  // Names that GitHub refused as taken, and that its list has not shown since: it is behind.
  std::map<std::string, absl::Time> clashes;
  // Ids of assets that were withdrawn and deleted: lists that are behind may show them still.
  std::set<int64_t> removed;
  // Of assets whose digest GitHub does not know, as computed from their bytes; by id.
  std::map<int64_t, std::string> digests;
  // When this program first read its list; never, of a release that it made itself: what it has not
  // been told of is not there.
  absl::Time first_read_at = absl::InfinitePast();
  absl::Time listed_at = absl::InfinitePast();
  absl::Time listed_whole_at =
      absl::InfinitePast();  // by ListAssets(), or because it was asked for
  bool changed = false;      // GitHub refused an upload to it: it is not what it was
  absl::Time checked_at = absl::InfinitePast();  // when arrivals were last looked for
  bool full = false;                             // GitHub said so
};

// A release holds 1,000 files (GitHub, since July 2025); places are kept for side files, in the old
// and the new version, and for bundles of logs.
inline constexpr int kAssetsOfARelease = 1000;
// Whatever of these is there has its place from the kept ones.
inline constexpr int kKeptForSideFiles = 40;
inline constexpr int kMostLogBundles = 30;

// How many more probes fit. Pure, like all below.
int RoomIn(KnownRelease const& known);

// What stands under a name.
enum class NameState {
  kFree,
  kPresent,  // an asset, whole or of a state that nobody knows
  kGranted,  // somebody may be uploading it
  kStarter,  // the rest of an upload that broke off
};
// `job` and `epoch`: of whoever asks; a grant of its own, or of an earlier epoch of the job, does
// not stand in its way: that lease is over.
NameState StateOf(KnownRelease const& known, std::string const& name, int64_t job, int64_t epoch,
                  absl::Time now);

// Whether a `starter` may be deleted: it is the rest of an upload of ours that is over, or it is
// older than `grace`, within which somebody may be uploading it.
bool IsLeftover(KnownRelease const& known, GitHubAsset const& asset, absl::Duration grace,
                absl::Time now);

// Whether the asset is a new version X.next of a side file beside X for `grace` or longer: nobody
// is about to put it in X's place any more.
bool IsSupersededNext(KnownRelease const& known, GitHubAsset const& asset, absl::Duration grace,
                      absl::Time now);

// What is under the asset's name is this one, whole or not.
void PutAsset(KnownRelease& known, GitHubAsset asset);

// The asset was deleted for good: whatever lists say of it from now on is old.
void ForgetRemoved(KnownRelease& known, GitHubAsset const& asset);

// Puts what GitHub listed at `now` in place of what was known from the `first`-th asset on, in the
// order in which they were made (by id). Names that were listed have arrived. What was
// deleted for good is passed over.
void TakeListing(KnownRelease& known, std::vector<GitHubAsset> assets, size_t first,
                 absl::Time now);

// The page from which assets that are new since the last listing can stand, as
// GitHubApi::ListAssets() counts them.
int FirstNewPage(KnownRelease const& known);

// What stands under the name; nullopt: nothing that is known.
std::optional<GitHubAsset> AssetIn(KnownRelease const& known, std::string const& name);
// The asset is there no more. What has taken its name since stays.
void ForgetAsset(KnownRelease& known, GitHubAsset const& asset);

// The asset as the rest of the coordinator knows it.
HostedAsset Hosted(ReleaseKey const& key, GitHubAsset const& asset);

}  // namespace probefarm
