#include "coordinator/store/sqlite/sqlite_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/store/sqlite/backfill_rows.h"
#include "coordinator/store/sqlite/catalog_rows.h"
#include "coordinator/store/sqlite/control_rows.h"
#include "coordinator/store/sqlite/enqueue_operations.h"
#include "coordinator/store/sqlite/expiry_operations.h"
#include "coordinator/store/sqlite/job_pruning.h"
#include "coordinator/store/sqlite/job_queries.h"
#include "coordinator/store/sqlite/job_rows.h"
#include "coordinator/store/sqlite/lease_operations.h"
#include "coordinator/store/sqlite/log_bundle_rows.h"
#include "coordinator/store/sqlite/log_rows.h"
#include "coordinator/store/sqlite/publish_operation.h"
#include "coordinator/store/sqlite/schema.h"
#include "coordinator/store/sqlite/wal_growth.h"
#include "coordinator/store/sqlite/withdraw_operation.h"
#include "coordinator/store/sqlite/withdrawal_rows.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// An operation, its answer while the commit is under way, and who waits for it.
template <class T, class Operation>
class TypedWriteTask final : public WriteTask {
 public:
  TypedWriteTask(Operation operation, Done<T> done)
      : operation_(std::move(operation)), done_(std::move(done)) {}

  absl::Status Run(Database& db) override {
    answer_ = operation_(db);
    return answer_.status();
  }
  void Finish(absl::Status committed) override {
    if (!committed.ok()) answer_ = std::move(committed);
    std::move(done_)(std::move(answer_));
  }

 private:
  Operation operation_;
  Done<T> done_;
  absl::StatusOr<T> answer_ = absl::UnknownError("not run");
};

template <class T, class Question>
class TypedReadTask final : public ReadTask {
 public:
  TypedReadTask(Question question, Done<T> done)
      : question_(std::move(question)), done_(std::move(done)) {}

  void Run(absl::Status status, Database* db) override {
    std::move(done_)(db != nullptr ? absl::StatusOr<T>(question_(*db)) : std::move(status));
  }

 private:
  Question question_;
  Done<T> done_;
};

absl::Status InUse(std::string const& path, absl::Status const& why) {
  if (!absl::IsFailedPrecondition(why) && !absl::IsUnavailable(why)) return why;
  return absl::FailedPreconditionError(
      absl::StrCat("another coordinator uses ", path, " (", why.message(),
                   "): stop it, or give this one a data directory of its own"));
}

absl::StatusOr<std::unique_ptr<Database>> OpenForWriting(std::string const& path,
                                                         SqliteStoreOptions const& options) {
  ASSIGN_OR_RETURN(auto db, Database::Open(path, Database::Mode::kReadWrite));
  RETURN_IF_ERROR(MigrateSchema(*db));
  absl::Status const grown = GrowWal(*db, options.wal_bytes);
  if (absl::IsResourceExhausted(grown)) {
    Log(LogLevel::kWarning, "the disk is full: writes will be refused",
        {{"error", grown.ToString()}});
  } else {
    RETURN_IF_ERROR(grown);
  }
  if (options.max_bytes) RETURN_IF_ERROR(db->LimitSize(*options.max_bytes));
  return db;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(std::string const& path,
                                                               Clock& clock,
                                                               SqliteStoreOptions options) {
  absl::StatusOr<FileLock> lock = FileLock::Take(path + ".lock");
  if (!lock.ok()) return InUse(path, lock.status());
  absl::StatusOr<std::unique_ptr<Database>> db = OpenForWriting(path, options);
  if (absl::IsUnavailable(db.status())) return InUse(path, db.status());
  RETURN_IF_ERROR(db.status());
  ASSIGN_OR_RETURN(auto readers, Readers::Open(path, options.reader_threads));
  return std::unique_ptr<SqliteStore>(
      new SqliteStore(*std::move(lock), *std::move(db), std::move(readers), clock, options));
}

SqliteStore::SqliteStore(FileLock lock, std::unique_ptr<Database> db,
                         std::unique_ptr<Readers> readers, Clock& clock,
                         SqliteStoreOptions const& options)
    : lock_(std::move(lock)),
      clock_(clock),
      policy_(options.policy),
      random_(options.random_seed ? *options.random_seed : std::random_device()()),
      queues_(options.policy.backfill_patience),
      readers_(std::move(readers)),
      writer_(std::move(db),
              {.after_commit = [this] { TellListener(); },
               .after_rollback =
                   [this] {
                     queues_.Distrust();
                     eligible_ = 0;
                   }},
              options.writer) {}

template <class T, class Operation>
void SqliteStore::Write(Done<T> done, Operation operation) {
  auto in_context = [this, operation = std::move(operation)](Database& db) -> absl::StatusOr<T> {
    WriteContext context{db, policy_, clock_.Now(), random_, queues_, sessions_};
    absl::StatusOr<T> answer = operation(context);
    if (answer.ok()) eligible_ += context.eligible;
    return answer;
  };
  writer_.Submit(std::make_unique<TypedWriteTask<T, decltype(in_context)>>(std::move(in_context),
                                                                           std::move(done)));
}

template <class T, class Question>
void SqliteStore::Read(Done<T> done, Question question) {
  readers_->Submit(
      std::make_unique<TypedReadTask<T, Question>>(std::move(question), std::move(done)));
}

void SqliteStore::TellListener() {
  int const eligible = std::exchange(eligible_, 0);
  if (eligible == 0) return;
  std::function<void(int)> listener;
  {
    MutexLock lock(mu_);
    listener = on_eligible_;
  }
  if (listener) listener(eligible);
}

void SqliteStore::SetQueueListener(std::function<void(int)> on_eligible) {
  MutexLock lock(mu_);
  on_eligible_ = std::move(on_eligible);
}

void SqliteStore::Shutdown() {
  writer_.Shutdown();
  readers_->Shutdown();
}

void SqliteStore::OpenSession(NewSession session, Done<OpenedSession> done) {
  Write(std::move(done), [session = std::move(session)](WriteContext& context) {
    return probefarm::OpenSession(context, session);
  });
}

void SqliteStore::Acquire(AcquireRequest request, Done<std::vector<GrantedLease>> done) {
  Write(std::move(done), [request = std::move(request)](WriteContext& context) {
    return AcquireLeases(context, request);
  });
}

void SqliteStore::Heartbeat(HeartbeatRequest request, Done<HeartbeatAnswer> done) {
  Write(std::move(done), [request = std::move(request)](WriteContext& context) {
    return probefarm::Heartbeat(context, request);
  });
}

void SqliteStore::ApplyToLease(LeaseRef lease, JobEvent event, Done<Job> done) {
  Write(std::move(done),
        [lease = std::move(lease), event = std::move(event)](WriteContext& context) {
          return probefarm::ApplyToLease(context, lease, event);
        });
}

void SqliteStore::AppendLog(LeaseRef lease, int64_t offset, std::string bytes, Done<int64_t> done) {
  LogPiece piece = PackLog(bytes);  // here, where it holds up nobody else
  Write(std::move(done), [lease = std::move(lease), offset, bytes = std::move(bytes),
                          piece = std::move(piece)](WriteContext& context) {
    return probefarm::AppendLog(context.db, lease, offset, bytes, piece,
                                context.policy.max_log_bytes);
  });
}

void SqliteStore::ExpireSessions(absl::Duration ttl, Done<std::vector<ExpiredLease>> done) {
  Write(std::move(done),
        [ttl](WriteContext& context) { return probefarm::ExpireSessions(context, ttl); });
}

void SqliteStore::Enqueue(EnqueueBatch batch, Done<std::vector<absl::StatusOr<EnqueuedJob>>> done) {
  Write(std::move(done),
        [batch = std::move(batch)](WriteContext& context) { return EnqueueJobs(context, batch); });
}

void SqliteStore::ApplyToJob(JobId job, std::optional<int64_t> if_epoch, JobEvent event,
                             Done<Job> done) {
  Write(std::move(done), [job, if_epoch, event = std::move(event)](WriteContext& context) {
    return probefarm::ApplyToJob(context, job, if_epoch, event);
  });
}

void SqliteStore::GetJob(JobId job, Done<Job> done) {
  Read(std::move(done), [job](Database& db) { return FindJob(db, job); });
}

void SqliteStore::GetSpec(JobId job, Done<std::string> done) {
  Read(std::move(done), [job](Database& db) { return FindSpec(db, job); });
}

void SqliteStore::ListJobs(JobFilter filter, PageRequest page, Done<JobPage> done) {
  Read(std::move(done), [filter = std::move(filter), page = std::move(page)](Database& db) {
    return probefarm::ListJobs(db, filter, page);
  });
}

void SqliteStore::CountJobs(JobFilter filter, Done<JobCounts> done) {
  Read(std::move(done),
       [filter = std::move(filter)](Database& db) { return probefarm::CountJobs(db, filter); });
}

void SqliteStore::CountAhead(JobId job, Done<int64_t> done) {
  Read(std::move(done), [job](Database& db) { return probefarm::CountAhead(db, job); });
}

void SqliteStore::ListChanges(JobFilter filter, std::optional<int64_t> after, int limit,
                              Done<JobChanges> done) {
  Read(std::move(done), [filter = std::move(filter), after, limit](Database& db) {
    return probefarm::ListChanges(db, filter, after, limit);
  });
}

void SqliteStore::Prune(Retention retention, int limit, Done<int64_t> done) {
  Done<std::vector<JobId>> forget =
      [this, done = std::move(done)](absl::StatusOr<std::vector<JobId>> found) mutable {
        if (!found.ok() || found->empty()) {
          std::move(done)(found.ok() ? absl::StatusOr<int64_t>(0) : found.status());
          return;
        }
        Write(std::move(done), [jobs = *std::move(found)](WriteContext& context) {
          return ForgetJobs(context.db, jobs);
        });
      };
  Read(std::move(forget), [this, retention, limit](Database& db) {
    return FindForgettable(db, retention, limit, clock_.Now());
  });
}

void SqliteStore::ReadLog(LogRequest request, Done<LogChunk> done) {
  Read(std::move(done), [request](Database& db) { return probefarm::ReadLog(db, request); });
}

void SqliteStore::ListWorkers(Done<std::vector<WorkerRecord>> done) {
  Read(std::move(done), [this](Database& db) { return probefarm::ListWorkers(db, sessions_); });
}

void SqliteStore::FindProbes(std::vector<ProbeId> probes, Done<std::vector<ProbeKnowledge>> done) {
  Read(std::move(done),
       [probes = std::move(probes)](Database& db) { return probefarm::FindProbes(db, probes); });
}

void SqliteStore::CreateBackfill(std::string description, Done<BackfillId> done) {
  Write(std::move(done), [description = std::move(description)](WriteContext& context) {
    return InsertBackfill(context.db, description, context.now);
  });
}

void SqliteStore::GetBackfill(BackfillId backfill, Done<BackfillProgress> done) {
  Read(std::move(done), [backfill](Database& db) { return ReadBackfill(db, backfill); });
}

void SqliteStore::SetPaused(bool paused, Done<bool> done) {
  Write(std::move(done),
        [paused](WriteContext& context) { return probefarm::SetPaused(context, paused); });
}

void SqliteStore::HoldBack(HeldBack held_back, Done<bool> done) {
  Write(std::move(done), [held_back = std::move(held_back)](WriteContext& context) {
    return probefarm::HoldBack(context, held_back);
  });
}

void SqliteStore::SetDrained(std::string worker, bool drained, Done<bool> done) {
  Write(std::move(done), [worker = std::move(worker), drained](WriteContext& context) {
    return probefarm::SetDrained(context, worker, drained);
  });
}

void SqliteStore::GetControls(Done<Controls> done) {
  Read(std::move(done), [](Database& db) { return probefarm::GetControls(db); });
}

void SqliteStore::Publish(JobId job, PublishedAsset asset, Done<Job> done) {
  Write(std::move(done), [job, asset = std::move(asset)](WriteContext& context) {
    return probefarm::Publish(context, job, asset);
  });
}

void SqliteStore::Adopt(PublishedAsset asset, Done<bool> done) {
  Write(std::move(done), [asset = std::move(asset)](WriteContext& context) {
    return probefarm::Adopt(context, asset);
  });
}

void SqliteStore::FindAsset(std::string tag, std::string asset_name, Done<PublishedAsset> done) {
  Read(std::move(done),
       [tag = std::move(tag),
        asset_name = std::move(asset_name)](Database& db) -> absl::StatusOr<PublishedAsset> {
         ASSIGN_OR_RETURN(std::optional<PublishedAsset> asset, FindAssetNamed(db, tag, asset_name));
         if (!asset) return absl::NotFoundError(absl::StrCat("no asset ", tag, "/", asset_name));
         return *std::move(asset);
       });
}

void SqliteStore::ListAssets(AssetFilter filter, PageRequest page, Done<AssetPage> done) {
  Read(std::move(done), [filter = std::move(filter), page = std::move(page)](Database& db) {
    return probefarm::ListAssets(db, filter, page);
  });
}

void SqliteStore::CountAssets(AssetFilter filter, Done<int64_t> done) {
  Read(std::move(done),
       [filter = std::move(filter)](Database& db) { return probefarm::CountAssets(db, filter); });
}

void SqliteStore::MarkAsset(std::string tag, std::string asset_name, AssetPresence presence,
                            Done<bool> done) {
  Write(std::move(done), [tag = std::move(tag), asset_name = std::move(asset_name),
                          presence](WriteContext& context) {
    return probefarm::MarkAsset(context.db, tag, asset_name, presence);
  });
}

void SqliteStore::Withdraw(WithdrawalOrder order, Done<WithdrawalOutcome> done) {
  Write(std::move(done), [order = std::move(order)](WriteContext& context) {
    return probefarm::Withdraw(context, order);
  });
}

void SqliteStore::RecallWithdrawal(Withdrawal withdrawal, Done<bool> done) {
  Write(std::move(done), [withdrawal = std::move(withdrawal)](WriteContext& context) {
    return probefarm::RecallWithdrawal(context, withdrawal);
  });
}

void SqliteStore::ListWithdrawals(WithdrawalFilter filter, PageRequest page,
                                  Done<WithdrawalPage> done) {
  Read(std::move(done), [filter = std::move(filter), page = std::move(page)](Database& db) {
    return probefarm::ListWithdrawals(db, filter, page);
  });
}

void SqliteStore::MarkWithdrawal(std::string tag, std::string asset_name, std::string sha256,
                                 bool removed, Done<bool> done) {
  Write(std::move(done), [tag = std::move(tag), asset_name = std::move(asset_name),
                          sha256 = std::move(sha256), removed](WriteContext& context) {
    return probefarm::MarkWithdrawal(context.db, tag, asset_name, sha256, removed);
  });
}

void SqliteStore::StaleReleases(Done<std::vector<StaleRelease>> done) {
  Read(std::move(done), [](Database& db) { return probefarm::StaleReleases(db); });
}

void SqliteStore::SideFilesWritten(ReleaseKey release, int64_t revision, Done<bool> done) {
  Write(std::move(done), [release = std::move(release), revision](WriteContext& context) {
    return probefarm::SideFilesWritten(context.db, release, revision);
  });
}

void SqliteStore::SideFilesSignedBy(std::string key_id, Done<bool> done) {
  Write(std::move(done), [key_id = std::move(key_id)](WriteContext& context) {
    return probefarm::SideFilesSignedBy(context.db, key_id, context.now);
  });
}

void SqliteStore::ListWaitingLogs(Done<std::vector<WaitingLogs>> done) {
  Read(std::move(done), [](Database& db) { return probefarm::ListWaitingLogs(db); });
}

void SqliteStore::ListLogBundles(ReleaseKey release, Done<std::vector<LogBundle>> done) {
  Read(std::move(done), [release = std::move(release)](Database& db) {
    return probefarm::ListLogBundles(db, release);
  });
}

void SqliteStore::PlanLogBundle(ReleaseKey release, LogBundle bundle, std::vector<BundledLog> logs,
                                Done<bool> done) {
  Write(std::move(done), [release = std::move(release), bundle = std::move(bundle),
                          logs = std::move(logs)](WriteContext& context) {
    return probefarm::PlanLogBundle(context.db, release, bundle, logs);
  });
}

void SqliteStore::LogBundleHeld(ReleaseKey release, int number, Done<bool> done) {
  Write(std::move(done), [release = std::move(release), number](WriteContext& context) {
    return probefarm::LogBundleHeld(context.db, release, number, context.now);
  });
}

void SqliteStore::AdoptLogBundles(ReleaseKey release, std::vector<LogBundle> bundles,
                                  Done<bool> done) {
  Write(std::move(done),
        [release = std::move(release), bundles = std::move(bundles)](WriteContext& context) {
          return probefarm::AdoptLogBundles(context.db, release, bundles, context.now);
        });
}

void SqliteStore::DropBundledLogs(absl::Time before, Done<bool> done) {
  Write(std::move(done),
        [before](WriteContext& context) { return probefarm::DropBundledLogs(context.db, before); });
}

void SqliteStore::SetMark(std::string key, std::string value, Done<bool> done) {
  Write(std::move(done), [key = std::move(key), value = std::move(value)](WriteContext& context) {
    return probefarm::SetMark(context.db, key, value);
  });
}

void SqliteStore::GetMark(std::string key, Done<std::string> done) {
  Read(std::move(done),
       [key = std::move(key)](Database& db) { return probefarm::GetMark(db, key); });
}

void SqliteStore::Pin(std::string key, std::string digest, Done<std::string> done) {
  Write(std::move(done), [key = std::move(key), digest = std::move(digest)](WriteContext& context) {
    return probefarm::Pin(context.db, key, digest, context.now);
  });
}

void SqliteStore::Ping(Done<bool> done) {
  Read(std::move(done), [](Database& db) -> absl::StatusOr<bool> {
    RETURN_IF_ERROR(db.Run("SELECT COUNT(*) FROM pins WHERE FALSE"));
    return true;
  });
}

}  // namespace probefarm
