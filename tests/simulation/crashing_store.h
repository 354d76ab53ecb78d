#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "coordinator/store/memory/memory_tables.h"
#include "coordinator/store/store.h"
#include "coordinator/store/store_policy.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// Where the coordinator's process ends: before what it writes is on the disk, or after that and
// before anybody hears of it.
enum class CrashPoint { kNone, kBeforeCommit, kAfterCommit };

// The store of a coordinator under simulation: every call is answered at once, on the caller's
// thread, by MemoryTables. At each write it may crash, and its process with it: from then on all is
// UNAVAILABLE, until StartAgain() finds what was committed. For one thread.
//
// Built with PROBEFARM_ANSWERS_BEFORE_COMMIT it is broken on purpose: answers come before the
// commit, which takes several of them together.
class CrashingStore final : public Store {
 public:
  // `crash` is asked at each write.
  CrashingStore(Clock& clock, StorePolicy const& policy, uint64_t seed,
                std::function<CrashPoint()> crash);

  bool crashed() const { return crashed_; }
  // The process ends between two writes.
  void Crash() { crashed_ = true; }
  // As a new process on the same data.
  void StartAgain();

  // Grows with each write that may have changed something.
  int64_t writes() const { return writes_; }
  // What stands there, crashed or not.
  std::vector<Job> Jobs() const;
  std::optional<Job> Find(JobId id) const;
  std::vector<PublishedAsset> Assets() const;

  void OpenSession(NewSession session, Done<OpenedSession> done) override;
  void Acquire(AcquireRequest request, Done<std::vector<GrantedLease>> done) override;
  void Heartbeat(HeartbeatRequest request, Done<HeartbeatAnswer> done) override;
  void ApplyToLease(LeaseRef lease, JobEvent event, Done<Job> done) override;
  void AppendLog(LeaseRef lease, int64_t offset, std::string bytes, Done<int64_t> done) override;
  void ExpireSessions(absl::Duration ttl, Done<std::vector<ExpiredLease>> done) override;
  void Enqueue(EnqueueBatch batch, Done<std::vector<absl::StatusOr<EnqueuedJob>>> done) override;
  void ApplyToJob(JobId job, std::optional<int64_t> if_epoch, JobEvent event,
                  Done<Job> done) override;
  void GetJob(JobId job, Done<Job> done) override;
  void GetSpec(JobId job, Done<std::string> done) override;
  void ListJobs(JobFilter filter, PageRequest page, Done<JobPage> done) override;
  void CountJobs(JobFilter filter, Done<JobCounts> done) override;
  void CountAhead(JobId job, Done<int64_t> done) override;
  void ListChanges(JobFilter filter, std::optional<int64_t> after, int limit,
                   Done<JobChanges> done) override;
  void ReadLog(LogRequest request, Done<LogChunk> done) override;
  void ListWorkers(Done<std::vector<WorkerRecord>> done) override;
  void FindProbes(std::vector<ProbeId> probes, Done<std::vector<ProbeKnowledge>> done) override;
  void CreateBackfill(std::string description, Done<BackfillId> done) override;
  void GetBackfill(BackfillId backfill, Done<BackfillProgress> done) override;
  void Prune(Retention retention, int limit, Done<int64_t> done) override;
  void SetPaused(bool paused, Done<bool> done) override;
  void SetDrained(std::string worker, bool drained, Done<bool> done) override;
  void HoldBack(HeldBack held_back, Done<bool> done) override;
  void GetControls(Done<Controls> done) override;
  void Publish(JobId job, PublishedAsset asset, Done<Job> done) override;
  void Adopt(PublishedAsset asset, Done<bool> done) override;
  void FindAsset(std::string tag, std::string asset_name, Done<PublishedAsset> done) override;
  void ListAssets(AssetFilter filter, PageRequest page, Done<AssetPage> done) override;
  void CountAssets(AssetFilter filter, Done<int64_t> done) override;
  void MarkAsset(std::string tag, std::string asset_name, AssetPresence presence,
                 Done<bool> done) override;
  void Withdraw(WithdrawalOrder order, Done<WithdrawalOutcome> done) override;
  void RecallWithdrawal(Withdrawal withdrawal, Done<bool> done) override;
  void ListWithdrawals(WithdrawalFilter filter, PageRequest page,
                       Done<WithdrawalPage> done) override;
  void MarkWithdrawal(std::string tag, std::string asset_name, std::string sha256, bool removed,
                      Done<bool> done) override;
  void StaleReleases(Done<std::vector<StaleRelease>> done) override;
  void SideFilesWritten(ReleaseKey release, int64_t revision, Done<bool> done) override;
  void SideFilesSignedBy(std::string key_id, Done<bool> done) override;
  void ListWaitingLogs(Done<std::vector<WaitingLogs>> done) override;
  void ListLogBundles(ReleaseKey release, Done<std::vector<LogBundle>> done) override;
  void PlanLogBundle(ReleaseKey release, LogBundle bundle, std::vector<BundledLog> logs,
                     Done<bool> done) override;
  void LogBundleHeld(ReleaseKey release, int number, Done<bool> done) override;
  void AdoptLogBundles(ReleaseKey release, std::vector<LogBundle> bundles,
                       Done<bool> done) override;
  void DropBundledLogs(absl::Time before, Done<bool> done) override;
  void SetMark(std::string key, std::string value, Done<bool> done) override;
  void GetMark(std::string key, Done<std::string> done) override;
  void Pin(std::string key, std::string digest, Done<std::string> done) override;
  void SetQueueListener(std::function<void(int)> on_eligible) override;
  void Ping(Done<bool> done) override;
  void Shutdown() override { crashed_ = true; }

 private:
  template <class T, class Work>
  void Write(Done<T> done, Work work);
  template <class T, class Work>
  void Read(Done<T> done, Work work) const;
  void Commit();

  Clock& clock_;
  MemoryTables tables_;
#ifdef PROBEFARM_ANSWERS_BEFORE_COMMIT
  MemoryTables committed_ = tables_;
  int uncommitted_ = 0;
#endif
  std::function<CrashPoint()> const crash_;
  bool crashed_ = false;
  int64_t writes_ = 0;
};

}  // namespace probefarm
