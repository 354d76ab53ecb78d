#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/scheduling/held_back.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/scheduling/job_transition.h"
#include "coordinator/scheduling/lease_reconciliation.h"
#include "coordinator/store/records.h"

namespace probefarm {

// Called exactly once, on a thread of the store, after the commit (for a write) or the read. Must
// not block.
template <class T>
// After Shutdown() it runs on the caller's thread, with UNAVAILABLE.
using Done = absl::AnyInvocable<void(absl::StatusOr<T>) &&>;

// Everything that must outlive the coordinator: jobs, sessions, logs, the catalog of published
// probes. Decisions are not made here: a write reads what it needs, asks the pure core and commits
// the answer, all in one transaction.
//
// Thread-safe; no call blocks on I/O. A call that is answered OK is on disk (I1). Errors of every
// call: RESOURCE_EXHAUSTED when the disk is full (reads go on), UNAVAILABLE after Shutdown(),
// DATA_LOSS when the file cannot be trusted any more. Correctness rests on compare-and-set by (id,
// epoch, session), never on being the only process, so that PostgreSQL with several coordinators
// can stand behind the same contract. One suite, store_contract.h, runs against every
// implementation.
//
// Callers that may block use Await(); reactors pass a callback that finishes the call:
//
//   store.GetJob(id, [reactor](absl::StatusOr<Job> job) { reactor->Finish(…); });
//   auto job = Await<Job>([&](Done<Job> done) { store.GetJob(id, std::move(done)); });
class Store {
 public:
  virtual ~Store() = default;

  // --- sessions and leases; a worker's calls

  // Voids every earlier session of the worker id and rebinds to the new one the leases in `held`
  // that the worker's earlier session (or its last, if it has ended) still owns by epoch. Its other
  // leases are released without counting. One verdict for each lease named. INVALID_ARGUMENT for
  // ids that cannot be; ALREADY_EXISTS when the session is there.
  virtual void OpenSession(NewSession session, Done<OpenedSession> done) = 0;

  // Grants up to `request.max_leases` eligible jobs. The same request id of the same session
  // replays the same leases, as long as they are still held, whatever happened to the first answer.
  // A session that drains is granted nothing new (I9).
  // ABORTED when the session is unknown or void. INVALID_ARGUMENT for a request id that cannot be.
  // Does not keep the session alive: only OpenSession() and Heartbeat() do.
  virtual void Acquire(AcquireRequest request, Done<std::vector<GrantedLease>> done) = 0;

  // Keeps the session alive and reconciles its leases. ABORTED "reopen" for an unknown session,
  // ABORTED "void" for one that a later session of the same worker id replaced. Leases that the
  // worker never heard of go back to the queue uncounted. A lease younger than
  // StorePolicy::unheard_grace is not yet one of these. A session that said that it drains does so
  // for good, whatever a heartbeat that comes late says. The worker's free disk is kept in memory
  // only, as OpenSession() has it until the first heartbeat, and not known after a restart. When it
  // has grown so far that jobs which wait can go to the worker now, they are eligible once more.
  virtual void Heartbeat(HeartbeatRequest request, Done<HeartbeatAnswer> done) = 0;

  // One event of a worker on its lease. ABORTED when (job, epoch, session) is not the present
  // lease. A final report that repeats the accepted one is OK. FAILED_PRECONDITION when the state
  // machine refuses the event; INVALID_ARGUMENT for Grant and Verified, which have calls of their
  // own.
  virtual void ApplyToLease(LeaseRef lease, JobEvent event, Done<Job> done) = 0;

  // Appends to the job's log at `offset` of this epoch. What the log already holds is skipped; the
  // answer is the length now. OUT_OF_RANGE for a gap, with the length. Bytes beyond `max_log_bytes`
  // are dropped and the log says so once. A stale epoch is ABORTED. INVALID_ARGUMENT for a negative
  // offset.
  virtual void AppendLog(LeaseRef lease, int64_t offset, std::string bytes, Done<int64_t> done) = 0;

  // Ends sessions that have not been heard of for `ttl` and requeues their leases; also leases
  // beyond their run deadline. Those in UPLOADING go to VERIFYING instead: see Transition(). After
  // a restart every session gets one full ttl first. Answers what expired. Jobs whose backoff is
  // over become eligible with it, so it is called about once a second.
  virtual void ExpireSessions(absl::Duration ttl, Done<std::vector<ExpiredLease>> done) = 0;

  // --- jobs; the planner's and the clients' calls

  // One answer for each entry, in order: a bad entry harms no other. An unfinished job for the same
  // probe is joined instead of doubled (I7). FAILED_PRECONDITION for one whose inputs made what was
  // withdrawn. The same idempotency key (when not empty) answers what
  // it answered first. NOT_FOUND, for the whole, when there is no such backfill. SQLite keeps the
  // answers of a key for a week.
  virtual void Enqueue(EnqueueBatch batch, Done<std::vector<absl::StatusOr<EnqueuedJob>>> done) = 0;

  // One event on a job that is not a worker's: Cancel, Retry, UploadArrived, …. NOT_FOUND, or
  // FAILED_PRECONDITION by the state machine. When `if_epoch` is given and differs: ABORTED. A
  // Retry is refused while another job of the probe is unfinished (I7), and of inputs that made
  // what was withdrawn. INVALID_ARGUMENT for Grant and Verified.
  virtual void ApplyToJob(JobId job, std::optional<int64_t> if_epoch, JobEvent event,
                          Done<Job> done) = 0;

  // NOT_FOUND, as for GetSpec() and ReadLog().
  virtual void GetJob(JobId job, Done<Job> done) = 0;
  virtual void GetSpec(JobId job, Done<std::string> done) = 0;
  // Newest first; see JobFilter. Pages are stable: a job that changes meanwhile is neither doubled
  // nor lost.
  virtual void ListJobs(JobFilter filter, PageRequest page, Done<JobPage> done) = 0;
  // INVALID_ARGUMENT for an expression that does not compile, here and in every call with a filter.
  virtual void CountJobs(JobFilter filter, Done<JobCounts> done) = 0;
  // How many jobs of the same lane were enqueued before this one and wait for nothing but a worker.
  // NOT_FOUND.
  virtual void CountAhead(JobId job, Done<int64_t> done) = 0;
  // The jobs that match the filter and were changed after the revision, as they are now: of several
  // changes of a job only the last is there. Without a revision nothing but the present one. At
  // most `limit` of them, which is positive. So a reader that goes on from the last answer's
  // revision misses no change, over restarts too.
  virtual void ListChanges(JobFilter filter, std::optional<int64_t> after, int limit,
                           Done<JobChanges> done) = 0;
  // Up to `limit` bytes from `offset` of the log of the job's latest epoch (or the one that the
  // request names). An offset beyond the end reads nothing. NOT_FOUND, with the name of the bundle,
  // for a log that DropBundledLogs() has forgotten.
  virtual void ReadLog(LogRequest request, Done<LogChunk> done) = 0;
  // One record for each worker id whose last session is remembered, by id.
  virtual void ListWorkers(Done<std::vector<WorkerRecord>> done) = 0;

  // What is already known of these probes: an unfinished job, a published asset, failures and what
  // they were given. In order.
  virtual void FindProbes(std::vector<ProbeId> probes, Done<std::vector<ProbeKnowledge>> done) = 0;

  // A backfill groups jobs (new and joined) so that its progress can be asked for.
  virtual void CreateBackfill(std::string description, Done<BackfillId> done) = 0;
  // NOT_FOUND.
  virtual void GetBackfill(BackfillId backfill, Done<BackfillProgress> done) = 0;

  // Forgets, with spec and logs, up to `limit` jobs that are over and that nobody needs to know of
  // any more, as `retention` says; answers how many. What is never forgotten: a published job, and
  // the last failure of a probe that was not published since, which is an answer about the probe.
  virtual void Prune(Retention retention, int limit, Done<int64_t> done) = 0;

  // --- what operators say; kept until they say otherwise

  // While it is paused Acquire() grants nothing new. What runs is not touched.
  virtual void SetPaused(bool paused, Done<bool> done) = 0;
  // A drained worker is granted nothing new in any session, and its heartbeats say so. NOT_FOUND
  // for a worker that has no session, ended ones included.
  virtual void SetDrained(std::string worker, bool drained, Done<bool> done) = 0;
  virtual void GetControls(Done<Controls> done) = 0;
  // From now on Acquire() grants nothing new of the groups that are held back, in place of those
  // before; empty: none. Not kept over a restart.
  virtual void HoldBack(HeldBack held_back, Done<bool> done) = 0;

  // --- the catalog

  // VERIFYING → PUBLISHED and the catalog's row in one transaction; the release's side files become
  // stale with it. ALREADY_EXISTS when the catalog holds the probe with another digest, or these
  // bytes or inputs were withdrawn. NOT_FOUND;
  // INVALID_ARGUMENT and FAILED_PRECONDITION as CheckPublish() says, the latter also for a job that
  // is not VERIFYING. The same publication again is OK and changes nothing.
  virtual void Publish(JobId job, PublishedAsset asset, Done<Job> done) = 0;
  // Puts an asset into the catalog that the release host holds and no job of this store published;
  // `job` is 0. Answers whether that changed anything: when the probe is recorded with this digest
  // already, only a record that was lost moves to where the asset is now. Errors are
  // RowToAdopt()'s and CheckAdoptAfterWithdrawal()'s: ALREADY_EXISTS for a conflict, in which the
  // record stays as it is (I10);
  // FAILED_PRECONDITION while a job of the probe is unfinished.
  virtual void Adopt(PublishedAsset asset, Done<bool> done) = 0;
  // By the name that the release host holds it under. NOT_FOUND.
  virtual void FindAsset(std::string tag, std::string asset_name, Done<PublishedAsset> done) = 0;
  // In the order in which probes were first published.
  virtual void ListAssets(AssetFilter filter, PageRequest page, Done<AssetPage> done) = 0;
  virtual void CountAssets(AssetFilter filter, Done<int64_t> done) = 0;
  // The release host no longer holds it (or holds it again). The record and its digest stay: a
  // rebuild must match. Answers whether that changed anything; NOT_FOUND.
  virtual void MarkAsset(std::string tag, std::string asset_name, AssetPresence presence,
                         Done<bool> done) = 0;

  // Takes what is published out of the catalog, for ever, and the release's side files become
  // stale, in one transaction; an unfinished job with the same inputs is skipped with it, unless it
  // is being uploaded. The same bytes again: answers what was said first. NOT_FOUND when the
  // catalog does not hold these bytes there.
  virtual void Withdraw(WithdrawalOrder order, Done<WithdrawalOutcome> done) = 0;
  // A withdrawal that a release tells of and this store does not know, since it is another store or
  // an older one. Takes the same bytes out of the catalog, too. Answers whether it was new.
  virtual void RecallWithdrawal(Withdrawal withdrawal, Done<bool> done) = 0;
  virtual void ListWithdrawals(WithdrawalFilter filter, PageRequest page,
                               Done<WithdrawalPage> done) = 0;
  // The release host does not hold it any more (or holds it again). Answers whether that changed
  // anything; NOT_FOUND.
  virtual void MarkWithdrawal(std::string tag, std::string asset_name, std::string sha256,
                              bool removed, Done<bool> done) = 0;

  // Tags whose side files are older than the catalog, and the mark that they are written as of
  // `revision`, which answers whether they are up to date now; NOT_FOUND. INVALID_ARGUMENT for a
  // revision that is not reached yet.
  virtual void StaleReleases(Done<std::vector<StaleRelease>> done) = 0;
  virtual void SideFilesWritten(ReleaseKey release, int64_t revision, Done<bool> done) = 0;
  // Whose signature side files get from now on: a key's id, or "" for nobody's. All releases become
  // stale when it was another one before. Answers whether it was.
  virtual void SideFilesSignedBy(std::string key_id, Done<bool> done) = 0;

  // The releases whose logs wait for a bundle, or which have a planned one; by repository and tag.
  virtual void ListWaitingLogs(Done<std::vector<WaitingLogs>> done) = 0;
  // By number.
  virtual void ListLogBundles(ReleaseKey release, Done<std::vector<LogBundle>> done) = 0;
  // Plans a bundle of these logs, in place of the planned one, if there is one, whose logs wait
  // again; a number of 0 does only that. FAILED_PRECONDITION as CheckLogBundle() says, and
  // when a log does not wait.
  virtual void PlanLogBundle(ReleaseKey release, LogBundle bundle, std::vector<BundledLog> logs,
                             Done<bool> done) = 0;
  // The release host holds it: the release's side files become stale. Answers whether that changed
  // anything; NOT_FOUND.
  virtual void LogBundleHeld(ReleaseKey release, int number, Done<bool> done) = 0;
  // Bundles that the release has of an earlier life of the catalog, as held. One of a number that
  // is known stays as it is. Answers whether that changed anything, which makes side files stale.
  virtual void AdoptLogBundles(ReleaseKey release, std::vector<LogBundle> bundles,
                               Done<bool> done) = 0;
  // Forgets the logs of one bundle that is held since `before` or longer. ReadLog() says then where
  // they are. Answers whether there was one.
  virtual void DropBundledLogs(absl::Time before, Done<bool> done) = 0;

  // What was last kept under `key`, for whoever goes on from there; "" when there is nothing.
  virtual void SetMark(std::string key, std::string value, Done<bool> done) = 0;
  virtual void GetMark(std::string key, Done<std::string> done) = 0;

  // The digest first recorded under `key`: answers `digest` itself when there was none. For inputs
  // whose URL moves.
  virtual void Pin(std::string key, std::string digest, Done<std::string> done) = 0;

  // --- the whole

  // `on_eligible(n)` runs after a commit that made about n jobs eligible; on the store's thread,
  // must not block. One listener. Replaces the one before.
  virtual void SetQueueListener(std::function<void(int)> on_eligible) = 0;
  // One trivial read: is the store there? For readiness.
  virtual void Ping(Done<bool> done) = 0;
  // Finishes what was accepted, then answers everything else UNAVAILABLE. Blocks until done.
  // Idempotent.
  virtual void Shutdown() = 0;
};

}  // namespace probefarm
