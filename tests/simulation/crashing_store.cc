#include "tests/simulation/crashing_store.h"

namespace probefarm {
namespace {

constexpr int kEverything = 1 << 20;
#ifdef PROBEFARM_ANSWERS_BEFORE_COMMIT
constexpr int kWritesInACommit = 4;
#endif

absl::Status Gone() { return absl::UnavailableError("the coordinator is down"); }

}  // namespace

CrashingStore::CrashingStore(Clock& clock, StorePolicy const& policy, uint64_t seed,
                             std::function<CrashPoint()> crash)
    : clock_(clock), tables_(policy, seed), crash_(std::move(crash)) {}

template <class T, class Work>
void CrashingStore::Write(Done<T> done, Work work) {
  CrashPoint const point = crashed_ ? CrashPoint::kNone : crash_();
  if (point == CrashPoint::kBeforeCommit) crashed_ = true;
  if (crashed_) return std::move(done)(Gone());
  absl::StatusOr<T> answer = work();
  Commit();
  ++writes_;
  if (point == CrashPoint::kAfterCommit) {
    crashed_ = true;
    answer = Gone();
  }
  std::move(done)(std::move(answer));
}

template <class T, class Work>
void CrashingStore::Read(Done<T> done, Work work) const {
  if (crashed_) return std::move(done)(Gone());
  std::move(done)(work());
}

void CrashingStore::Commit() {
#ifdef PROBEFARM_ANSWERS_BEFORE_COMMIT
  if (++uncommitted_ < kWritesInACommit) return;
  uncommitted_ = 0;
  committed_ = tables_;
#endif
}

void CrashingStore::StartAgain() {
#ifdef PROBEFARM_ANSWERS_BEFORE_COMMIT
  tables_ = committed_;
  uncommitted_ = 0;
#endif
  crashed_ = false;
  tables_.Restart(clock_.Now());
}

std::vector<Job> CrashingStore::Jobs() const {
  return tables_.ListJobs({}, {kEverything, ""}).value().jobs;
}

std::optional<Job> CrashingStore::Find(JobId id) const {
  absl::StatusOr<Job> job = tables_.GetJob(id);
  return job.ok() ? std::optional<Job>(*std::move(job)) : std::nullopt;
}

std::vector<PublishedAsset> CrashingStore::Assets() const {
  return tables_.ListAssets({}, {kEverything, ""}).value().assets;
}

void CrashingStore::OpenSession(NewSession session, Done<OpenedSession> done) {
  Write(std::move(done), [&] { return tables_.OpenSession(session, clock_.Now()); });
}

void CrashingStore::Acquire(AcquireRequest request, Done<std::vector<GrantedLease>> done) {
  Write(std::move(done), [&] { return tables_.Acquire(request, clock_.Now()); });
}

void CrashingStore::Heartbeat(HeartbeatRequest request, Done<HeartbeatAnswer> done) {
  Write(std::move(done), [&] { return tables_.Heartbeat(request, clock_.Now()); });
}

void CrashingStore::ApplyToLease(LeaseRef lease, JobEvent event, Done<Job> done) {
  Write(std::move(done), [&] { return tables_.ApplyToLease(lease, event, clock_.Now()); });
}

void CrashingStore::AppendLog(LeaseRef lease, int64_t offset, std::string bytes,
                              Done<int64_t> done) {
  Write(std::move(done), [&] { return tables_.AppendLog(lease, offset, bytes); });
}

void CrashingStore::ExpireSessions(absl::Duration ttl, Done<std::vector<ExpiredLease>> done) {
  Write(std::move(done), [&]() -> absl::StatusOr<std::vector<ExpiredLease>> {
    return tables_.ExpireSessions(ttl, clock_.Now());
  });
}

void CrashingStore::Enqueue(EnqueueBatch batch,
                            Done<std::vector<absl::StatusOr<EnqueuedJob>>> done) {
  Write(std::move(done), [&] { return tables_.Enqueue(batch, clock_.Now()); });
}

void CrashingStore::ApplyToJob(JobId job, std::optional<int64_t> if_epoch, JobEvent event,
                               Done<Job> done) {
  Write(std::move(done), [&] { return tables_.ApplyToJob(job, if_epoch, event, clock_.Now()); });
}

void CrashingStore::GetJob(JobId job, Done<Job> done) {
  Read(std::move(done), [&] { return tables_.GetJob(job); });
}

void CrashingStore::GetSpec(JobId job, Done<std::string> done) {
  Read(std::move(done), [&] { return tables_.GetSpec(job); });
}

void CrashingStore::ListJobs(JobFilter filter, PageRequest page, Done<JobPage> done) {
  Read(std::move(done), [&] { return tables_.ListJobs(filter, page); });
}

void CrashingStore::CountJobs(JobFilter filter, Done<JobCounts> done) {
  Read(std::move(done), [&] { return tables_.CountJobs(filter); });
}

void CrashingStore::CountAhead(JobId job, Done<int64_t> done) {
  Read(std::move(done), [&] { return tables_.CountAhead(job, clock_.Now()); });
}

void CrashingStore::ListChanges(JobFilter filter, std::optional<int64_t> after, int limit,
                                Done<JobChanges> done) {
  Read(std::move(done), [&] { return tables_.ListChanges(filter, after, limit); });
}

void CrashingStore::Prune(Retention retention, int limit, Done<int64_t> done) {
  Write(std::move(done),
        [&]() -> absl::StatusOr<int64_t> { return tables_.Prune(retention, limit, clock_.Now()); });
}

void CrashingStore::ReadLog(LogRequest request, Done<LogChunk> done) {
  Read(std::move(done), [&] { return tables_.ReadLog(request); });
}

void CrashingStore::ListWorkers(Done<std::vector<WorkerRecord>> done) {
  Read(std::move(done),
       [&]() -> absl::StatusOr<std::vector<WorkerRecord>> { return tables_.ListWorkers(); });
}

void CrashingStore::FindProbes(std::vector<ProbeId> probes,
                               Done<std::vector<ProbeKnowledge>> done) {
  Read(std::move(done),
       [&]() -> absl::StatusOr<std::vector<ProbeKnowledge>> { return tables_.FindProbes(probes); });
}

void CrashingStore::CreateBackfill(std::string description, Done<BackfillId> done) {
  Write(std::move(done),
        [&]() -> absl::StatusOr<BackfillId> { return tables_.CreateBackfill(description); });
}

void CrashingStore::GetBackfill(BackfillId backfill, Done<BackfillProgress> done) {
  Read(std::move(done), [&] { return tables_.GetBackfill(backfill); });
}

void CrashingStore::SetPaused(bool paused, Done<bool> done) {
  Write(std::move(done), [&]() -> absl::StatusOr<bool> {
    tables_.SetPaused(paused, clock_.Now());
    return true;
  });
}

void CrashingStore::SetDrained(std::string worker, bool drained, Done<bool> done) {
  Write(std::move(done), [&]() -> absl::StatusOr<bool> {
    absl::Status const set = tables_.SetDrained(worker, drained, clock_.Now());
    return set.ok() ? absl::StatusOr<bool>(true) : absl::StatusOr<bool>(set);
  });
}

void CrashingStore::HoldBack(HeldBack held_back, Done<bool> done) {
  Write(std::move(done), [&]() -> absl::StatusOr<bool> {
    tables_.HoldBack(std::move(held_back), clock_.Now());
    return true;
  });
}

void CrashingStore::GetControls(Done<Controls> done) {
  Read(std::move(done), [&]() -> absl::StatusOr<Controls> { return tables_.GetControls(); });
}

void CrashingStore::Publish(JobId job, PublishedAsset asset, Done<Job> done) {
  Write(std::move(done), [&] { return tables_.Publish(job, asset, clock_.Now()); });
}

void CrashingStore::Adopt(PublishedAsset asset, Done<bool> done) {
  Write(std::move(done), [&] { return tables_.Adopt(asset); });
}

void CrashingStore::FindAsset(std::string tag, std::string asset_name, Done<PublishedAsset> done) {
  Read(std::move(done), [&] { return tables_.FindAsset(tag, asset_name); });
}

void CrashingStore::ListAssets(AssetFilter filter, PageRequest page, Done<AssetPage> done) {
  Read(std::move(done), [&] { return tables_.ListAssets(filter, page); });
}

void CrashingStore::CountAssets(AssetFilter filter, Done<int64_t> done) {
  Read(std::move(done), [&] { return tables_.CountAssets(filter); });
}

void CrashingStore::MarkAsset(std::string tag, std::string asset_name, AssetPresence presence,
                              Done<bool> done) {
  Write(std::move(done), [&] { return tables_.MarkAsset(tag, asset_name, presence); });
}

void CrashingStore::Withdraw(WithdrawalOrder order, Done<WithdrawalOutcome> done) {
  Write(std::move(done), [&] { return tables_.Withdraw(order, clock_.Now()); });
}

void CrashingStore::RecallWithdrawal(Withdrawal withdrawal, Done<bool> done) {
  Write(std::move(done), [&] { return tables_.RecallWithdrawal(withdrawal, clock_.Now()); });
}

void CrashingStore::ListWithdrawals(WithdrawalFilter filter, PageRequest page,
                                    Done<WithdrawalPage> done) {
  Read(std::move(done), [&] { return tables_.ListWithdrawals(filter, page); });
}

void CrashingStore::MarkWithdrawal(std::string tag, std::string asset_name, std::string sha256,
                                   bool removed, Done<bool> done) {
  Write(std::move(done), [&] { return tables_.MarkWithdrawal(tag, asset_name, sha256, removed); });
}

void CrashingStore::StaleReleases(Done<std::vector<StaleRelease>> done) {
  Read(std::move(done),
       [&]() -> absl::StatusOr<std::vector<StaleRelease>> { return tables_.StaleReleases(); });
}

void CrashingStore::SideFilesWritten(ReleaseKey release, int64_t revision, Done<bool> done) {
  Write(std::move(done), [&] { return tables_.SideFilesWritten(release, revision); });
}

void CrashingStore::SideFilesSignedBy(std::string key_id, Done<bool> done) {
  Write(std::move(done),
        [&]() -> absl::StatusOr<bool> { return tables_.SideFilesSignedBy(key_id); });
}

void CrashingStore::ListWaitingLogs(Done<std::vector<WaitingLogs>> done) {
  Read(std::move(done),
       [&]() -> absl::StatusOr<std::vector<WaitingLogs>> { return tables_.ListWaitingLogs(); });
}

void CrashingStore::ListLogBundles(ReleaseKey release, Done<std::vector<LogBundle>> done) {
  Read(std::move(done),
       [&]() -> absl::StatusOr<std::vector<LogBundle>> { return tables_.ListLogBundles(release); });
}

void CrashingStore::PlanLogBundle(ReleaseKey release, LogBundle bundle,
                                  std::vector<BundledLog> logs, Done<bool> done) {
  Write(std::move(done), [&] { return tables_.PlanLogBundle(release, bundle, logs); });
}

void CrashingStore::LogBundleHeld(ReleaseKey release, int number, Done<bool> done) {
  Write(std::move(done), [&] { return tables_.LogBundleHeld(release, number, clock_.Now()); });
}

void CrashingStore::AdoptLogBundles(ReleaseKey release, std::vector<LogBundle> bundles,
                                    Done<bool> done) {
  Write(std::move(done), [&]() -> absl::StatusOr<bool> {
    return tables_.AdoptLogBundles(release, bundles, clock_.Now());
  });
}

void CrashingStore::DropBundledLogs(absl::Time before, Done<bool> done) {
  Write(std::move(done), [&]() -> absl::StatusOr<bool> { return tables_.DropBundledLogs(before); });
}

void CrashingStore::SetMark(std::string key, std::string value, Done<bool> done) {
  Write(std::move(done), [&]() -> absl::StatusOr<bool> { return tables_.SetMark(key, value); });
}

void CrashingStore::GetMark(std::string key, Done<std::string> done) {
  Read(std::move(done), [&]() -> absl::StatusOr<std::string> { return tables_.GetMark(key); });
}

void CrashingStore::Pin(std::string key, std::string digest, Done<std::string> done) {
  Write(std::move(done), [&]() -> absl::StatusOr<std::string> { return tables_.Pin(key, digest); });
}

// Nobody waits in the simulation: workers ask again.
void CrashingStore::SetQueueListener(std::function<void(int)> /*on_eligible*/) {}

void CrashingStore::Ping(Done<bool> done) {
  Read(std::move(done), []() -> absl::StatusOr<bool> { return true; });
}

}  // namespace probefarm
