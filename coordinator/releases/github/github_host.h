#pragma once

#include <string>
#include <vector>

#include "coordinator/releases/github/asset_removal.h"
#include "coordinator/releases/github/asset_search.h"
#include "coordinator/releases/github/github_api.h"
#include "coordinator/releases/github/github_host_options.h"
#include "coordinator/releases/github/github_uploads.h"
#include "coordinator/releases/github/known_releases.h"
#include "coordinator/releases/github/log_bundle_writer.h"
#include "coordinator/releases/github/notes_writer.h"
#include "coordinator/releases/github/pacing/request_gate.h"
#include "coordinator/releases/github/side_file_writer.h"
#include "coordinator/releases/release_host.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// Releases on GitHub. A probe goes to the first repository whose release of its tag has room, and
// stays there. What a release holds is known from its list, read once and then from its end only;
// the reconciler's ListAssets() reads all again. Uploads that workers report are looked for in
// batches, one look in half a minute for each release: a job whose upload has arrived waits that
// long, and a backfill costs little more than its uploads.
//
//   GitHubUploads   prepares uploads and hears how they went  ─┐
//   AssetSearch     looks for what was uploaded                ├─► KnownReleases ─► GitHubApi
//   SideFileWriter  replaces side files                        │
//   AssetRemoval    deletes what was withdrawn                 │
//   LogBundleWriter uploads bundles of logs                    │
//   NotesWriter     writes what people read                   ─┘
//
// Thread-safe. No lock is held over I/O; two that want the same release made wait for one another.
// Deletes what RemoveAsset() is told to, leftovers of uploads (state `starter`) and superseded side
// files, and nothing else.
class GitHubHost final : public ReleaseHost {
 public:
  // All must outlive it. `api` has no pause: workers wait for its answers. `patient` has one: the
  // reconciler and the side files take their time.
  GitHubHost(GitHubApi& api, GitHubApi& patient, RequestGate& gate, Clock const& clock,
             GitHubHostOptions options);

  absl::StatusOr<UploadAnswer> PrepareUpload(UploadIntent const& intent) override;
  UploadOutcome InterpretUpload(UploadIntent const& intent, UploadReport const& report) override;
  // UNAVAILABLE, with when to ask again, where only a look at the list would tell and there was one
  // just now: lists lag by seconds. A digest that GitHub does not know is computed from the bytes.
  // Asking for a name ends a grant for it: whoever asks has taken the lease away.
  absl::StatusOr<HostedAsset> FindAsset(std::string const& tag,
                                        std::string const& asset_name) override;
  // Deletes leftovers, too. Once so many pages have changed since it was last called
  // (`pages_per_listing`), the other releases are as they were when they were read last; those come
  // first the next time. A release that was never read is read whatever it costs.
  absl::StatusOr<std::vector<HostedAsset>> ListAssets() override;
  absl::Status WriteSideFile(ReleaseKey const& release, std::string const& name,
                             std::string const& content) override;
  absl::StatusOr<std::string> ReadSideFile(ReleaseKey const& release,
                                           std::string const& name) override;
  absl::Status WriteLogBundle(ReleaseKey const& release, std::string const& name,
                              std::string const& content) override;
  absl::Status WriteNotes(ReleaseKey const& release, std::string const& notes) override;
  // Downloads it as anyone can, which costs nothing of the limits.
  absl::StatusOr<std::string> DigestOf(HostedAsset const& asset) override;
  std::vector<ReleaseRoom> Rooms() override;
  absl::StatusOr<std::vector<ReleaseKey>> ListIndexes() override;
  // Reads the release's list first. Waits for its turn with the limits.
  absl::Status RemoveAsset(ReleaseKey const& release, std::string const& asset_name,
                           std::string const& sha256) override;
  absl::Status Check() override EXCLUDES(mu_);

 private:
  struct ToList {
    ReleaseKey key;
    GitHubRelease release;
    absl::Time last_listed;  // whole, by this program; never: InfinitePast()
  };
  // Those that were not read for the longest time first.
  absl::StatusOr<std::vector<ToList>> ReleasesToList();
  // Deletes leftovers, too.
  absl::StatusOr<KnownRelease> ListRelease(ReleaseKey const& key, GitHubRelease const& release);
  absl::Status DeleteLeftovers(ReleaseKey const& key, KnownRelease const& known);
  // Where a side file is; INVALID_ARGUMENT when it cannot be one.
  absl::StatusOr<ReleaseKey> PlaceOfSideFile(ReleaseKey const& release,
                                             std::string const& name) const;
  // In the first repository, where it names none.
  ReleaseKey Placed(ReleaseKey const& release) const;

  GitHubApi& api_;
  GitHubApi& patient_;
  Clock const& clock_;
  GitHubHostOptions const options_;  // of all below, too
  KnownReleases releases_;
  GitHubUploads uploads_;
  AssetSearch search_;
  SideFileWriter side_files_;
  AssetRemoval removal_;
  LogBundleWriter log_bundles_;
  NotesWriter notes_;
  Mutex mu_;
  absl::Time checked_at_ GUARDED_BY(mu_) = absl::InfinitePast();
  absl::Status checked_ GUARDED_BY(mu_);
};

}  // namespace probefarm
