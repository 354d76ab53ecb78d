#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/store/sqlite/file_lock.h"
#include "coordinator/store/sqlite/readers.h"
#include "coordinator/store/sqlite/ready_queues.h"
#include "coordinator/store/sqlite/session_clock.h"
#include "coordinator/store/sqlite/write_context.h"
#include "coordinator/store/sqlite/writer.h"
#include "coordinator/store/store.h"
#include "coordinator/store/store_policy.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

struct SqliteStoreOptions {
  StorePolicy policy;
  // Questions that are answered at the same time.
  int reader_threads = 2;
  Writer::Options writer;
  // The write-ahead log is grown to this once, when the store opens: growing it is what makes a
  // commit slow.
  int64_t wal_bytes = int64_t{32} << 20;
  // Beyond this size of the file writes are RESOURCE_EXHAUSTED, as on a full disk.
  std::optional<int64_t> max_bytes;
  std::optional<uint64_t> random_seed;  // of the backoff's jitter; for tests
};

// The store in one SQLite file: what a farm with one coordinator needs, with no server to run. One
// thread writes, with group commit; a few read. Heartbeat times are in memory. Thread-safe.
//
// After a full disk it goes on when there is room again. After an error of fsync, or a corrupt
// page, every write is answered DATA_LOSS: stop the process, look at the disk, start it again.
//
//   ASSIGN_OR_RETURN(auto store, SqliteStore::Open(data_dir + "/probefarm.db", clock, {}));
//
// Beside the file stand its write-ahead log (-wal, -shm) and the lock (.lock). Callbacks of writes
// run on the writer's thread after the commit, those of reads on a reader's; one that blocked would
// hold up everybody.
class SqliteStore final : public Store {
 public:
  // Opens or makes the file at `path`, in a directory that exists. `clock` must outlive the store.
  // FAILED_PRECONDITION when another coordinator uses it, when it is not a probefarm database or
  // was written by a newer one; the message says what to do. Other errors are those of the file.
  // Blocks on the disk, for a migration and the growing of the log.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(std::string const& path, Clock& clock,
                                                           SqliteStoreOptions options);
  ~SqliteStore() override { SqliteStore::Shutdown(); }

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
  void SetQueueListener(std::function<void(int)> on_eligible) override EXCLUDES(mu_);
  void Ping(Done<bool> done) override;
  // Waits for the callbacks of everything accepted. Not to be called from one.
  void Shutdown() override;

 private:
  SqliteStore(FileLock lock, std::unique_ptr<Database> db, std::unique_ptr<Readers> readers,
              Clock& clock, SqliteStoreOptions const& options);

  // Queues `operation(WriteContext&)`, which answers a StatusOr<T>.
  template <class T, class Operation>
  void Write(Done<T> done, Operation operation);
  // Queues `question(Database&)`, which answers a StatusOr<T>.
  template <class T, class Question>
  void Read(Done<T> done, Question question);
  // After a commit, on the writer's thread.
  void TellListener() EXCLUDES(mu_);

  FileLock const lock_;
  Clock& clock_;
  StorePolicy const policy_;
  SessionClock sessions_;

  // The writer's thread only.
  std::mt19937_64 random_;
  ReadyQueues queues_;
  int eligible_ = 0;  // jobs that the transaction under way makes ready

  Mutex mu_;
  std::function<void(int)> on_eligible_ GUARDED_BY(mu_);

  // Last, so that their threads end before what they use.
  std::unique_ptr<Readers> const readers_;
  Writer writer_;
};

}  // namespace probefarm
