#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
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
  absl::Duration look_interval = absl::Seconds(30);  // between two looks at a release's list
  absl::Duration list_lag = absl::Minutes(1);        // lists may be behind by as much
};

// Releases on GitHub. A probe goes to the first repository whose release of its tag has room, and
// stays there. What a release holds is known from its list, read once and then from its end only;
// the reconciler's ListAssets() reads all again. Uploads that workers report are looked for in
// batches, one look in half a minute for each release: a job whose upload has arrived waits that
// long, and a backfill costs little more than its uploads.
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

  absl::StatusOr<UploadAnswer> PrepareUpload(UploadIntent const& intent) override EXCLUDES(mu_);
  UploadOutcome InterpretUpload(UploadIntent const& intent, UploadReport const& report) override
      EXCLUDES(mu_);
  // UNAVAILABLE, with when to ask again, where only a look at the list would tell and there was one
  // just now: lists lag by seconds. A digest that GitHub does not know is computed from the bytes.
  // Asking for a name ends a grant for it: whoever asks has taken the lease away.
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
  std::vector<ReleaseRoom> Rooms() override EXCLUDES(mu_);
  absl::StatusOr<std::vector<ReleaseKey>> ListIndexes() override EXCLUDES(mu_);
  // Reads the release's list first. Waits for its turn with the limits.
  absl::Status RemoveAsset(ReleaseKey const& release, std::string const& asset_name,
                           std::string const& sha256) override EXCLUDES(mu_);
  absl::Status Check() override EXCLUDES(mu_);

 private:
  // A release that another thread is looking for or making is waited for.
  class Turn;
  enum class TurnKind { kRelease, kSideFiles };

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
  // The name is taken, as GitHub said a moment ago, and not to be seen. nullopt: it is not.
  std::optional<WaitUntil> WaitForList(ReleaseKey const& key, KnownRelease const& known,
                                       std::string const& name) EXCLUDES(mu_);
  UploadOutcome Arrived(ReleaseKey const& key, std::string const& name, UploadReport const& report)
      EXCLUDES(mu_);
  // Where the job's grant for the name was given.
  std::optional<ReleaseKey> GrantedAt(UploadIntent const& intent, std::string const& name)
      EXCLUDES(mu_);
  absl::StatusOr<HostedAsset> LookFor(ReleaseKey const& key, KnownRelease const& seen,
                                      std::string const& name) EXCLUDES(mu_);
  // At GitHub; nullopt when it is not to be seen.
  absl::StatusOr<std::optional<GitHubAsset>> Look(ReleaseKey const& key, KnownRelease const& known,
                                                  std::string const& name) EXCLUDES(mu_);
  // What was granted or arrived is waited for as long as lists may be behind.
  absl::Status NotThere(ReleaseKey const& key, std::string const& name) EXCLUDES(mu_);
  absl::StatusOr<HostedAsset> WithDigest(ReleaseKey const& key, GitHubAsset asset) EXCLUDES(mu_);
  absl::StatusOr<std::string> DigestOf(ReleaseKey const& key, GitHubAsset const& asset)
      EXCLUDES(mu_);
  // What stands under the name, with its digest; nullopt: nothing.
  absl::StatusOr<std::optional<GitHubAsset>> Digested(ReleaseKey const& key,
                                                      KnownRelease const& known,
                                                      std::string const& name) EXCLUDES(mu_);
  // From a grant on, there may be an upload that nobody will report.
  void EndGrant(ReleaseKey const& key, std::string const& name) EXCLUDES(mu_);
  // Whether a release that was not there then is still not asked for.
  bool StaysAbsent(absl::Time seen) const;
  // Whether lists of then may not show what was made before `since`.
  bool MayBeBehind(absl::Time then, absl::Time since) const {
    return then < since + options_.list_lag;
  }
  // The uploads of the last hour of earlier runs, once for each release: GitHub counts them still.
  void CountPast(ReleaseKey const& key, KnownRelease const& known) EXCLUDES(mu_);
  // Reads the list again, from that page on.
  absl::Status ReadAssets(ReleaseKey const& key, KnownRelease const& known, int first_page)
      EXCLUDES(mu_);
  // Its end; and all of it when the name is not there: pages move when somebody deletes an asset.
  absl::Status ReadUntilSeen(ReleaseKey const& key, KnownRelease const& known,
                             std::string const& name) EXCLUDES(mu_);
  absl::Status DeleteLeftovers(ReleaseKey const& key, KnownRelease const& known) EXCLUDES(mu_);
  absl::Status ListRelease(std::string const& repository, GitHubRelease const& release,
                           std::vector<HostedAsset>& hosted) EXCLUDES(mu_);
  absl::Status RemoveSideFile(ReleaseKey const& key, std::string const& name) EXCLUDES(mu_);
  absl::Status TakeStep(ReleaseKey const& key, std::string const& name, std::string const& content,
                        bool& done) EXCLUDES(mu_);

  absl::Status DropSideFile(ReleaseKey const& key, GitHubAsset const& asset) EXCLUDES(mu_);
  // Deletes X.next, unless it is X by now.
  absl::Status DropNext(ReleaseKey const& key, GitHubAsset const& next) EXCLUDES(mu_);
  absl::Status DropSuperseded(ReleaseKey const& key, GitHubAsset const& next) EXCLUDES(mu_);
  void Forget(ReleaseKey const& key, GitHubAsset const& asset) EXCLUDES(mu_);
  // Reads the list again. OK when the next step can be found from it.
  absl::Status AfterRefusedStep(ReleaseKey const& key, std::string const& taking,
                                absl::Status const& refused) EXCLUDES(mu_);

  // What has the name now, whole or not; nullopt: nothing.
  absl::StatusOr<std::optional<GitHubAsset>> PresentUnder(ReleaseKey const& key,
                                                          KnownRelease const& known,
                                                          std::string const& name) EXCLUDES(mu_);

  std::optional<KnownRelease> Find(ReleaseKey const& key) const EXCLUDES(mu_);
  // Changes what is known of a release that is known.
  void Change(ReleaseKey const& key, std::function<void(KnownRelease&)> const& change)
      EXCLUDES(mu_);

  GitHubApi& api_;
  GitHubApi& patient_;
  RequestGate& gate_;
  Clock const& clock_;
  GitHubHostOptions const options_;
  absl::Time const started_at_;
  mutable Mutex mu_;
  CondVar turn_over_;
  std::set<std::pair<TurnKind, ReleaseKey>> turns_ GUARDED_BY(mu_);
  std::map<ReleaseKey, KnownRelease> releases_ GUARDED_BY(mu_);
  std::set<ReleaseKey> counted_ GUARDED_BY(mu_);                // see CountPast()
  std::map<ReleaseKey, absl::Time> absent_ GUARDED_BY(mu_);     // when it was not there
  std::map<std::string, std::string> targets_ GUARDED_BY(mu_);  // by repository
  absl::Time checked_at_ GUARDED_BY(mu_) = absl::InfinitePast();
  absl::Status checked_ GUARDED_BY(mu_);
};

}  // namespace probefarm
