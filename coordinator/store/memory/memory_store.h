#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "coordinator/store/memory/memory_tables.h"
#include "coordinator/store/store.h"
#include "coordinator/store/store_policy.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// The store's contract without a disk, for tests of what stands on it. Thread-safe: one thread does
// all the work and runs the callbacks. What Store says of disks does not apply: OK means that the
// maps hold it, and neither RESOURCE_EXHAUSTED nor DATA_LOSS is ever answered. Every call is a turn
// of that one thread, so calls are done in the order in which they came.
//
//   FakeClock clock;
//   MemoryStore store(clock);
//   auto job = Await<Job>([&](Done<Job> done) { store.GetJob(1, std::move(done)); });
class MemoryStore final : public Store {
 public:
  // `clock` must outlive the store. `seed` decides the jitter of backoffs.
  explicit MemoryStore(Clock& clock, StorePolicy policy = {}, uint64_t seed = 1);
  ~MemoryStore() override { MemoryStore::Shutdown(); }

  // As though the coordinator had been killed and started again on the same data, before what is
  // called next. Opens a store that was shut down.
  void Restart();

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
  void HoldBack(HeldBack held_back, Done<bool> done) override;
  void SetDrained(std::string worker, bool drained, Done<bool> done) override;
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
  // It runs after the callback of the call that made jobs eligible.
  void SetQueueListener(std::function<void(int)> on_eligible) override EXCLUDES(mu_);
  void Ping(Done<bool> done) override;
  // The data stays: Restart() opens the store again.
  void Shutdown() override EXCLUDES(mu_);

 private:
  // Queues `work`, which answers a StatusOr<T> or a T; `done` gets UNAVAILABLE, here, after
  // Shutdown().
  template <class T, class Work>
  void Run(Done<T> done, Work work) EXCLUDES(mu_);
  // On the executor's thread, after each call.
  void TellListener() EXCLUDES(mu_);

  Clock& clock_;
  MemoryTables tables_;  // used on the executor's thread only
  Mutex mu_;
  std::function<void(int)> on_eligible_ GUARDED_BY(mu_);
  std::shared_ptr<Executor> executor_ GUARDED_BY(mu_);  // null after Shutdown()
};

}  // namespace probefarm
