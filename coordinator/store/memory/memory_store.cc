#include "coordinator/store/memory/memory_store.h"

#include "lib/runtime/status_macros.h"

namespace probefarm {

MemoryStore::MemoryStore(Clock& clock, StorePolicy policy, uint64_t seed)
    : clock_(clock), tables_(std::move(policy), seed), executor_(std::make_shared<Executor>(1)) {}

template <class T, class Work>
void MemoryStore::Run(Done<T> done, Work work) {
  auto shared = std::make_shared<Done<T>>(std::move(done));
  {
    MutexLock lock(mu_);
    if (executor_ != nullptr) {
      executor_->Run([this, shared, work = std::move(work)]() mutable {
        absl::StatusOr<T> answer = work();
        std::move (*shared)(std::move(answer));
        TellListener();
      });
      return;
    }
  }
  std::move (*shared)(absl::UnavailableError("the store is shut down"));
}

void MemoryStore::TellListener() {
  int const eligible = tables_.TakeEligible();
  std::function<void(int)> listener;
  {
    MutexLock lock(mu_);
    listener = on_eligible_;
  }
  if (eligible > 0 && listener) listener(eligible);
}

void MemoryStore::SetQueueListener(std::function<void(int)> on_eligible) {
  MutexLock lock(mu_);
  on_eligible_ = std::move(on_eligible);
}

void MemoryStore::Shutdown() {
  std::shared_ptr<Executor> stopping;
  {
    MutexLock lock(mu_);
    stopping = std::move(executor_);
    executor_ = nullptr;
  }
}

void MemoryStore::Restart() {
  Shutdown();
  tables_.Restart(clock_.Now());
  MutexLock lock(mu_);
  executor_ = std::make_shared<Executor>(1);
}

void MemoryStore::OpenSession(NewSession session, Done<OpenedSession> done) {
  Run(std::move(done),
      [this, session = std::move(session)] { return tables_.OpenSession(session, clock_.Now()); });
}

void MemoryStore::Acquire(AcquireRequest request, Done<std::vector<GrantedLease>> done) {
  Run(std::move(done),
      [this, request = std::move(request)] { return tables_.Acquire(request, clock_.Now()); });
}

void MemoryStore::Heartbeat(HeartbeatRequest request, Done<HeartbeatAnswer> done) {
  Run(std::move(done),
      [this, request = std::move(request)] { return tables_.Heartbeat(request, clock_.Now()); });
}

void MemoryStore::ApplyToLease(LeaseRef lease, JobEvent event, Done<Job> done) {
  Run(std::move(done), [this, lease = std::move(lease), event = std::move(event)] {
    return tables_.ApplyToLease(lease, event, clock_.Now());
  });
}

void MemoryStore::AppendLog(LeaseRef lease, int64_t offset, std::string bytes, Done<int64_t> done) {
  Run(std::move(done), [this, lease = std::move(lease), offset, bytes = std::move(bytes)] {
    return tables_.AppendLog(lease, offset, bytes);
  });
}

void MemoryStore::ExpireSessions(absl::Duration ttl, Done<std::vector<ExpiredLease>> done) {
  Run(std::move(done), [this, ttl] { return tables_.ExpireSessions(ttl, clock_.Now()); });
}

void MemoryStore::Enqueue(EnqueueBatch batch, Done<std::vector<absl::StatusOr<EnqueuedJob>>> done) {
  Run(std::move(done),
      [this, batch = std::move(batch)] { return tables_.Enqueue(batch, clock_.Now()); });
}

void MemoryStore::ApplyToJob(JobId job, std::optional<int64_t> if_epoch, JobEvent event,
                             Done<Job> done) {
  Run(std::move(done), [this, job, if_epoch, event = std::move(event)] {
    return tables_.ApplyToJob(job, if_epoch, event, clock_.Now());
  });
}

void MemoryStore::GetJob(JobId job, Done<Job> done) {
  Run(std::move(done), [this, job] { return tables_.GetJob(job); });
}

void MemoryStore::GetSpec(JobId job, Done<std::string> done) {
  Run(std::move(done), [this, job] { return tables_.GetSpec(job); });
}

void MemoryStore::ListJobs(JobFilter filter, PageRequest page, Done<JobPage> done) {
  Run(std::move(done), [this, filter = std::move(filter), page = std::move(page)] {
    return tables_.ListJobs(filter, page);
  });
}

void MemoryStore::CountJobs(JobFilter filter, Done<JobCounts> done) {
  Run(std::move(done), [this, filter = std::move(filter)] { return tables_.CountJobs(filter); });
}

void MemoryStore::CountAhead(JobId job, Done<int64_t> done) {
  Run(std::move(done), [this, job] { return tables_.CountAhead(job, clock_.Now()); });
}

void MemoryStore::ListChanges(JobFilter filter, std::optional<int64_t> after, int limit,
                              Done<JobChanges> done) {
  Run<JobChanges>(std::move(done), [this, filter = std::move(filter), after, limit] {
    return tables_.ListChanges(filter, after, limit);
  });
}

void MemoryStore::Prune(Retention retention, int limit, Done<int64_t> done) {
  Run<int64_t>(std::move(done),
               [this, retention, limit] { return tables_.Prune(retention, limit, clock_.Now()); });
}

void MemoryStore::ReadLog(LogRequest request, Done<LogChunk> done) {
  Run(std::move(done), [this, request] { return tables_.ReadLog(request); });
}

void MemoryStore::ListWorkers(Done<std::vector<WorkerRecord>> done) {
  Run(std::move(done), [this] { return tables_.ListWorkers(); });
}

void MemoryStore::FindProbes(std::vector<ProbeId> probes, Done<std::vector<ProbeKnowledge>> done) {
  Run(std::move(done), [this, probes = std::move(probes)] { return tables_.FindProbes(probes); });
}

void MemoryStore::CreateBackfill(std::string description, Done<BackfillId> done) {
  Run(std::move(done),
      [this, description = std::move(description)] { return tables_.CreateBackfill(description); });
}

void MemoryStore::GetBackfill(BackfillId backfill, Done<BackfillProgress> done) {
  Run(std::move(done), [this, backfill] { return tables_.GetBackfill(backfill); });
}

void MemoryStore::HoldBack(HeldBack held_back, Done<bool> done) {
  Run(std::move(done), [this, held_back = std::move(held_back)]() -> absl::StatusOr<bool> {
    tables_.HoldBack(held_back, clock_.Now());
    return true;
  });
}

void MemoryStore::SetPaused(bool paused, Done<bool> done) {
  Run(std::move(done), [this, paused]() -> absl::StatusOr<bool> {
    tables_.SetPaused(paused, clock_.Now());
    return true;
  });
}

void MemoryStore::SetDrained(std::string worker, bool drained, Done<bool> done) {
  Run(std::move(done), [this, worker = std::move(worker), drained]() -> absl::StatusOr<bool> {
    RETURN_IF_ERROR(tables_.SetDrained(worker, drained, clock_.Now()));
    return true;
  });
}

void MemoryStore::GetControls(Done<Controls> done) {
  Run(std::move(done), [this] { return tables_.GetControls(); });
}

void MemoryStore::Publish(JobId job, PublishedAsset asset, Done<Job> done) {
  Run(std::move(done),
      [this, job, asset = std::move(asset)] { return tables_.Publish(job, asset, clock_.Now()); });
}

void MemoryStore::Adopt(PublishedAsset asset, Done<bool> done) {
  Run(std::move(done), [this, asset = std::move(asset)] { return tables_.Adopt(asset); });
}

void MemoryStore::FindAsset(std::string tag, std::string asset_name, Done<PublishedAsset> done) {
  Run(std::move(done), [this, tag = std::move(tag), asset_name = std::move(asset_name)] {
    return tables_.FindAsset(tag, asset_name);
  });
}

void MemoryStore::ListAssets(AssetFilter filter, PageRequest page, Done<AssetPage> done) {
  Run(std::move(done), [this, filter = std::move(filter), page = std::move(page)] {
    return tables_.ListAssets(filter, page);
  });
}

void MemoryStore::CountAssets(AssetFilter filter, Done<int64_t> done) {
  Run(std::move(done), [this, filter = std::move(filter)] { return tables_.CountAssets(filter); });
}

void MemoryStore::MarkAsset(std::string tag, std::string asset_name, AssetPresence presence,
                            Done<bool> done) {
  Run(std::move(done), [this, tag = std::move(tag), asset_name = std::move(asset_name), presence] {
    return tables_.MarkAsset(tag, asset_name, presence);
  });
}

void MemoryStore::Withdraw(WithdrawalOrder order, Done<WithdrawalOutcome> done) {
  Run(std::move(done),
      [this, order = std::move(order)] { return tables_.Withdraw(order, clock_.Now()); });
}

void MemoryStore::RecallWithdrawal(Withdrawal withdrawal, Done<bool> done) {
  Run(std::move(done), [this, withdrawal = std::move(withdrawal)] {
    return tables_.RecallWithdrawal(withdrawal, clock_.Now());
  });
}

void MemoryStore::ListWithdrawals(WithdrawalFilter filter, PageRequest page,
                                  Done<WithdrawalPage> done) {
  Run(std::move(done), [this, filter = std::move(filter), page = std::move(page)] {
    return tables_.ListWithdrawals(filter, page);
  });
}

void MemoryStore::MarkWithdrawal(std::string tag, std::string asset_name, std::string sha256,
                                 bool removed, Done<bool> done) {
  Run(std::move(done),
      [this, tag = std::move(tag), asset_name = std::move(asset_name), sha256 = std::move(sha256),
       removed] { return tables_.MarkWithdrawal(tag, asset_name, sha256, removed); });
}

void MemoryStore::StaleReleases(Done<std::vector<StaleRelease>> done) {
  Run(std::move(done), [this] { return tables_.StaleReleases(); });
}

void MemoryStore::SideFilesWritten(ReleaseKey release, int64_t revision, Done<bool> done) {
  Run(std::move(done), [this, release = std::move(release), revision] {
    return tables_.SideFilesWritten(release, revision);
  });
}

void MemoryStore::SideFilesSignedBy(std::string key_id, Done<bool> done) {
  Run(std::move(done), [this, key_id = std::move(key_id)]() -> absl::StatusOr<bool> {
    return tables_.SideFilesSignedBy(key_id);
  });
}

void MemoryStore::ListWaitingLogs(Done<std::vector<WaitingLogs>> done) {
  Run(std::move(done), [this] { return tables_.ListWaitingLogs(); });
}

void MemoryStore::ListLogBundles(ReleaseKey release, Done<std::vector<LogBundle>> done) {
  Run(std::move(done),
      [this, release = std::move(release)] { return tables_.ListLogBundles(release); });
}

void MemoryStore::PlanLogBundle(ReleaseKey release, LogBundle bundle, std::vector<BundledLog> logs,
                                Done<bool> done) {
  Run(std::move(done),
      [this, release = std::move(release), bundle = std::move(bundle), logs = std::move(logs)] {
        return tables_.PlanLogBundle(release, bundle, logs);
      });
}

void MemoryStore::LogBundleHeld(ReleaseKey release, int number, Done<bool> done) {
  Run(std::move(done), [this, release = std::move(release), number] {
    return tables_.LogBundleHeld(release, number, clock_.Now());
  });
}

void MemoryStore::AdoptLogBundles(ReleaseKey release, std::vector<LogBundle> bundles,
                                  Done<bool> done) {
  Run(std::move(done), [this, release = std::move(release), bundles = std::move(bundles)] {
    return tables_.AdoptLogBundles(release, bundles, clock_.Now());
  });
}

void MemoryStore::DropBundledLogs(absl::Time before, Done<bool> done) {
  Run(std::move(done),
      [this, before]() -> absl::StatusOr<bool> { return tables_.DropBundledLogs(before); });
}

void MemoryStore::SetMark(std::string key, std::string value, Done<bool> done) {
  Run(std::move(done), [this, key = std::move(key), value = std::move(value)] {
    return tables_.SetMark(key, value);
  });
}

void MemoryStore::GetMark(std::string key, Done<std::string> done) {
  Run(std::move(done), [this, key = std::move(key)] { return tables_.GetMark(key); });
}

void MemoryStore::Pin(std::string key, std::string digest, Done<std::string> done) {
  Run(std::move(done), [this, key = std::move(key), digest = std::move(digest)] {
    return tables_.Pin(key, digest);
  });
}

void MemoryStore::Ping(Done<bool> done) {
  Run(std::move(done), [] { return true; });
}

}  // namespace probefarm
