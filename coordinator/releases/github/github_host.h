#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "coordinator/releases/github/github_api.h"
#include "coordinator/releases/github/pacing/request_gate.h"
#include "coordinator/releases/github/release_board.h"
#include "coordinator/releases/release_host.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

struct GitHubHostOptions {
  std::vector<std::string> repositories;  // "owner/name", in the order in which they are filled
  std::string target;                     // branch or commit of new tags; empty: the default branch
  absl::Duration upload_time = absl::Minutes(15);    // of a grant
  absl::Duration starter_grace = absl::Minutes(10);  // before a stranger's leftover is deleted
};

// Releases on GitHub. A probe goes to the first repository whose release of its tag has room, and
// stays there. What a release holds is known from its list, read once and then from its end only;
// the reconciler's ListAssets() reads all again. Uploads that workers report are looked for in
// batches, one look in half a minute for each release: a job whose upload has arrived waits that
// long, and a backfill costs little more than its uploads.
//
// Thread-safe. No lock is held over I/O; two that want the same release made wait for one another.
// Never deletes an asset, but leftovers of uploads (state `starter`) and superseded side files.
class GitHubHost final : public ReleaseHost {
 public:
  // All must outlive it. `api` has no pause: workers wait for its answers. `patient` has one: the
  // reconciler and the side files take their time.
  GitHubHost(GitHubApi& api, GitHubApi& patient, RequestGate& gate, Clock const& clock,
             GitHubHostOptions options);

  absl::StatusOr<UploadAnswer> PrepareUpload(UploadIntent const& intent) override EXCLUDES(mu_);
  UploadOutcome InterpretUpload(UploadIntent const& intent, UploadReport const& report) override
      EXCLUDES(mu_);
  // UNAVAILABLE, with when to ask again, where only a look at the list would tell and there was one
  // just now: lists lag by seconds.
  absl::StatusOr<HostedAsset> FindAsset(std::string const& tag,
                                        std::string const& asset_name) override EXCLUDES(mu_);
  // Deletes leftovers, too.
  absl::StatusOr<std::vector<HostedAsset>> ListAssets() override EXCLUDES(mu_);
  absl::Status WriteSideFile(ReleaseKey const& release, std::string const& name,
                             std::string const& content) override EXCLUDES(mu_);
  absl::StatusOr<std::string> ReadSideFile(ReleaseKey const& release,
                                           std::string const& name) override EXCLUDES(mu_);
  // Downloads it as anyone can, which costs nothing of the limits.
  absl::StatusOr<std::string> DigestOf(HostedAsset const& asset) override;
  absl::Status Check() override EXCLUDES(mu_);

 private:
  // A release that another thread is looking for or making is waited for.
  class Turn;

  // What is known of the release; read from GitHub the first time. nullopt: there is none.
  absl::StatusOr<std::optional<KnownRelease>> Know(ReleaseKey const& key) EXCLUDES(mu_);
  // The same, with what an upload under the name that has broken off since has left.
  absl::StatusOr<std::optional<KnownRelease>> KnowAfterBreak(ReleaseKey const& key,
                                                             std::string const& name) EXCLUDES(mu_);
  absl::StatusOr<std::optional<KnownRelease>> Read(ReleaseKey const& key) EXCLUDES(mu_);
  // The same, made when there is none.
  absl::StatusOr<KnownRelease> KnowOrCreate(ReleaseKey const& key) EXCLUDES(mu_);
  absl::StatusOr<std::string> TargetOf(std::string const& repository) EXCLUDES(mu_);

  // The first repository with room; nullopt when none has any.
  absl::StatusOr<std::optional<ReleaseKey>> ChoosePlace(std::string const& tag) EXCLUDES(mu_);
  absl::StatusOr<UploadAnswer> Grant(ReleaseKey const& key, UploadIntent const& intent,
                                     std::string const& name) EXCLUDES(mu_);
  // What is under the name is not an asset: it goes, or is waited for. nullopt: the name is free.
  absl::StatusOr<std::optional<WaitUntil>> ClearStarter(ReleaseKey const& key,
                                                        KnownRelease const& known,
                                                        std::string const& name) EXCLUDES(mu_);
  UploadOutcome Arrived(ReleaseKey const& key, std::string const& name, UploadReport const& report)
      EXCLUDES(mu_);
  // Where the job's grant for the name was given.
  std::optional<ReleaseKey> GrantedAt(UploadIntent const& intent, std::string const& name)
      EXCLUDES(mu_);
  absl::StatusOr<HostedAsset> LookFor(ReleaseKey const& key, KnownRelease const& known,
                                      std::string const& name) EXCLUDES(mu_);
  // Reads the list again, from that page on.
  absl::Status ReadAssets(ReleaseKey const& key, KnownRelease const& known, int first_page)
      EXCLUDES(mu_);
  // Its end; and all of it when the name is not there: pages move when somebody deletes an asset.
  absl::Status ReadUntilSeen(ReleaseKey const& key, KnownRelease const& known,
                             std::string const& name) EXCLUDES(mu_);
  absl::Status ListRelease(std::string const& repository, GitHubRelease const& release,
                           std::vector<HostedAsset>& hosted) EXCLUDES(mu_);
  absl::Status RemoveSideFile(ReleaseKey const& key, std::string const& name) EXCLUDES(mu_);
  absl::Status TakeStep(ReleaseKey const& key, std::string const& name, std::string const& content,
                        bool& done) EXCLUDES(mu_);

  std::optional<KnownRelease> Find(ReleaseKey const& key) const EXCLUDES(mu_);
  // Changes what is known of a release that is known.
  void Change(ReleaseKey const& key, std::function<void(KnownRelease&)> const& change)
      EXCLUDES(mu_);

  GitHubApi& api_;
  GitHubApi& patient_;
  RequestGate& gate_;
  Clock const& clock_;
  GitHubHostOptions const options_;
  mutable Mutex mu_;
  CondVar turn_over_;
  std::set<ReleaseKey> turns_ GUARDED_BY(mu_);
  std::map<ReleaseKey, KnownRelease> releases_ GUARDED_BY(mu_);
  std::map<ReleaseKey, absl::Time> absent_ GUARDED_BY(mu_);     // when it was not there
  std::map<std::string, std::string> targets_ GUARDED_BY(mu_);  // by repository
  absl::Time checked_at_ GUARDED_BY(mu_) = absl::InfinitePast();
  absl::Status checked_ GUARDED_BY(mu_);
};

}  // namespace probefarm
