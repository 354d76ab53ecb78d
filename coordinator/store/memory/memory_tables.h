#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/scheduling/held_back.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/scheduling/job_transition.h"
#include "coordinator/scheduling/lane_order.h"
#include "coordinator/store/records.h"
#include "coordinator/store/store_policy.h"
#include "re2/re2.h"

namespace probefarm {

// What MemoryStore holds and does, one call after the other: the store's contract in its simplest
// form, with maps for tables and scans for queries. `now` comes with each call. Not thread-safe.
// Rules are those of lease_rules.h, log_rules.h, catalog_rules.h and Transition(), as in every
// store; here stands only what finds rows and keeps them. Each call means what the one of the same
// name in store.h does, errors included.
class MemoryTables {
 public:
  // `seed` decides the jitter of backoffs.
  MemoryTables(StorePolicy policy, uint64_t seed)
      : policy_(std::move(policy)), order_(policy_.backfill_patience), random_(seed) {}

  // memory_leases.cc
  absl::StatusOr<OpenedSession> OpenSession(NewSession const& session, absl::Time now);
  absl::StatusOr<std::vector<GrantedLease>> Acquire(AcquireRequest const& request, absl::Time now);
  absl::StatusOr<HeartbeatAnswer> Heartbeat(HeartbeatRequest const& request, absl::Time now);
  absl::StatusOr<Job> ApplyToLease(LeaseRef const& lease, JobEvent const& event, absl::Time now);
  absl::StatusOr<int64_t> AppendLog(LeaseRef const& lease, int64_t offset,
                                    std::string const& bytes);
  std::vector<ExpiredLease> ExpireSessions(absl::Duration ttl, absl::Time now);
  std::vector<WorkerRecord> ListWorkers() const;
  // The coordinator starts again: every session has been heard of just now, but not of its disk.
  void Restart(absl::Time now);

  // memory_jobs.cc
  absl::StatusOr<std::vector<absl::StatusOr<EnqueuedJob>>> Enqueue(EnqueueBatch const& batch,
                                                                   absl::Time now);
  absl::StatusOr<Job> ApplyToJob(JobId id, std::optional<int64_t> if_epoch, JobEvent const& event,
                                 absl::Time now);
  absl::StatusOr<Job> GetJob(JobId id) const;
  absl::StatusOr<std::string> GetSpec(JobId id) const;
  absl::StatusOr<JobPage> ListJobs(JobFilter const& filter, PageRequest const& page) const;
  absl::StatusOr<JobCounts> CountJobs(JobFilter const& filter) const;
  absl::StatusOr<int64_t> CountAhead(JobId id, absl::Time now) const;
  absl::StatusOr<JobChanges> ListChanges(JobFilter const& filter, std::optional<int64_t> after,
                                         int limit) const;
  absl::StatusOr<LogChunk> ReadLog(LogRequest const& request) const;
  std::vector<FailedBuild> FailedBuilds(ProbeId const& probe) const;
  std::vector<ProbeKnowledge> FindProbes(std::vector<ProbeId> const& probes) const;
  BackfillId CreateBackfill(std::string description);
  absl::StatusOr<BackfillProgress> GetBackfill(BackfillId id) const;
  int64_t Prune(Retention const& retention, int limit, absl::Time now);

  void SetPaused(bool paused, absl::Time now);
  void HoldBack(HeldBack held_back, absl::Time now);
  absl::Status SetDrained(std::string const& worker, bool drained, absl::Time now);
  Controls GetControls() const;

  // memory_catalog.cc
  absl::StatusOr<Job> Publish(JobId id, PublishedAsset const& asset, absl::Time now);
  absl::StatusOr<bool> Adopt(PublishedAsset const& asset);
  absl::StatusOr<PublishedAsset> FindAsset(std::string const& tag, std::string const& name) const;
  absl::StatusOr<AssetPage> ListAssets(AssetFilter const& filter, PageRequest const& page) const;
  absl::StatusOr<int64_t> CountAssets(AssetFilter const& filter) const;
  absl::StatusOr<bool> MarkAsset(std::string const& tag, std::string const& name,
                                 AssetPresence presence);
  // memory_withdrawals.cc
  absl::StatusOr<WithdrawalOutcome> Withdraw(WithdrawalOrder const& order, absl::Time now);
  absl::StatusOr<bool> RecallWithdrawal(Withdrawal const& withdrawal, absl::Time now);
  absl::StatusOr<WithdrawalPage> ListWithdrawals(WithdrawalFilter const& filter,
                                                 PageRequest const& page) const;
  absl::StatusOr<bool> MarkWithdrawal(std::string const& tag, std::string const& name,
                                      std::string const& sha256, bool removed);

  // memory_catalog.cc
  std::vector<StaleRelease> StaleReleases() const;
  absl::StatusOr<bool> SideFilesWritten(ReleaseKey const& release, int64_t revision);
  bool SideFilesSignedBy(std::string const& key_id);
  std::string Pin(std::string const& key, std::string const& digest);
  bool SetMark(std::string const& key, std::string const& value);
  std::string GetMark(std::string const& key) const;

  // memory_log_bundles.cc
  std::vector<WaitingLogs> ListWaitingLogs() const;
  std::vector<LogBundle> ListLogBundles(ReleaseKey const& release) const;
  absl::StatusOr<bool> PlanLogBundle(ReleaseKey const& release, LogBundle const& bundle,
                                     std::vector<BundledLog> const& logs);
  absl::StatusOr<bool> LogBundleHeld(ReleaseKey const& release, int number, absl::Time now);
  bool AdoptLogBundles(ReleaseKey const& release, std::vector<LogBundle> const& bundles,
                       absl::Time now);
  bool DropBundledLogs(absl::Time before);

  // How many jobs became eligible since this was last asked. For the queue listener.
  int TakeEligible() { return std::exchange(eligible_, 0); }

 private:
  // A job with what the store keeps beside it.
  struct JobEntry {
    Job job;
    std::string spec;
    absl::Duration run_limit;
    std::string grant_request;  // of the present lease
    int64_t revision = 0;       // of the last change
  };
  // Sessions are never forgotten here.
  struct SessionEntry {
    NewSession opened;   // but for the free disk, which is what was told last
    int64_t number = 0;  // later sessions have greater ones
    bool is_void = false;
    bool ended = false;
    bool draining = false;
    absl::Time last_heard;
    int free_slots = 0;
  };
  struct Backfill {
    std::string description;
    std::set<JobId> jobs;
  };
  struct BundleEntry {
    LogBundle bundle;
    absl::Time held_at = absl::InfiniteFuture();
    bool dropped = false;  // its logs are forgotten here
  };
  // Of a release: stale while `written` is behind.
  struct Revisions {
    int64_t current = 0;
    int64_t written = 0;
  };

  // ABORTED "reopen" or "void".
  absl::StatusOr<SessionEntry*> LiveSession(std::string const& session);
  // Ended or not; null for an unknown worker.
  SessionEntry const* LatestSession(std::string const& worker) const;
  std::vector<Job> HeldBy(std::string const& session) const;
  std::vector<Job> Named(std::vector<LeaseKey> const& keys) const;
  // What this request was granted before and still holds.
  std::vector<GrantedLease> Replay(AcquireRequest const& request) const;
  // Whose turn it is; takes the turn. Null when nothing fits.
  JobEntry* NextGrantable(Capabilities const& capabilities, absl::Time now);
  void ReleaseUnheard(std::vector<LeaseKey> const& keys, std::string const& text, absl::Time now);
  // Of all sessions but void ones, for IsCrowd().
  std::vector<absl::Time> HeardTimes() const;
  ExpiredLease Expire(Job const& job, job_event::Expire event, absl::Time now);
  // Whether an operator keeps new leases from the session.
  bool IsHeldBack(SessionEntry const& session) const;
  // The jobs that were held back are eligible once more.
  void TellAllEligible(absl::Time now);
  // Counts the jobs that the session can be granted now, and could not with the disk it had before.
  void TellRoom(SessionEntry& session, int64_t free_disk_bytes, absl::Time now);
  // Counts the jobs whose backoff has passed as eligible.
  void PromoteWaiting(absl::Time now);

  // The one way to a new state: Transition(), and then Saved().
  absl::StatusOr<Job> Move(JobEntry& entry, JobEvent const& event, absl::Time now);
  // FAILED_PRECONDITION when a Retry of `job` would make two (I7).
  absl::Status CheckNoOtherUnfinished(Job const& job) const;
  // Notes that the job has changed, and whether it is eligible now or must wait for its backoff.
  void Saved(Job const& job, absl::Time now);
  // Over, and of no use to anybody; see Store::Prune().
  bool IsForgettable(Job const& job) const;
  void Forget(JobId id);
  // Null when there is none.
  JobEntry const* Unfinished(ProbeId const& probe) const;
  absl::StatusOr<EnqueuedJob> EnqueueOne(NewJob const& job, absl::Time now);
  static bool Matches(AssetFilter const& filter, RE2 const& kernel, PublishedAsset const& asset);
  PublishedAsset* AssetOf(ProbeId const& probe);
  // In place of the probe's row when there is one.
  void PutAsset(PublishedAsset const& asset);
  // OK unless the log was dropped when its bundle was held for long.
  absl::Status CheckLogIsHere(Job const& job, int64_t epoch) const;
  PublishedAsset const* AssetNamed(std::string const& tag, std::string const& name) const;
  void ForgetAsset(std::string const& tag, std::string const& name);
  // Of the probe; of whatever had the name, too.
  std::vector<WithdrawnBuild> Withdrawn(ProbeId const& probe) const;
  std::vector<WithdrawnBuild> Withdrawn(PublishedAsset const& asset) const;
  // A row with the revision of its release that tells of it first.
  struct WithdrawalEntry {
    Withdrawal withdrawal;
    int64_t revision = 0;
  };
  WithdrawalEntry* WithdrawalOf(std::string const& tag, std::string const& name,
                                std::string const& sha256);
  bool IsRemovable(WithdrawalEntry const& entry) const;
  absl::Status EndJob(Withdrawal const& withdrawal, absl::Time now);

  StorePolicy policy_;
  LaneOrder order_;
  std::mt19937_64 random_;
  int eligible_ = 0;
  JobId last_id_ = 0;
  int64_t revision_ = 0;
  std::set<JobId> waiting_;  // queued, but their backoff has not passed
  std::map<JobId, JobEntry> jobs_;
  std::map<std::string, SessionEntry> sessions_;
  std::map<std::pair<JobId, int64_t>, std::string> logs_;
  std::map<std::string, std::vector<absl::StatusOr<EnqueuedJob>>> enqueue_answers_;
  std::map<BackfillId, Backfill> backfills_;
  int64_t last_asset_ = 0;  // rows come and go, no number is given twice
  std::map<int64_t, PublishedAsset> assets_;
  std::vector<WithdrawalEntry> withdrawals_;  // a row's number is its place
  std::map<ReleaseKey, Revisions> releases_;
  std::map<std::pair<ReleaseKey, int>, BundleEntry> log_bundles_;  // by number
  std::string side_file_key_;
  std::map<std::string, std::string> pins_;
  std::map<std::string, std::string> marks_;
  bool paused_ = false;
  HeldBack held_back_;
  std::set<std::string> drained_;
};

}  // namespace probefarm
