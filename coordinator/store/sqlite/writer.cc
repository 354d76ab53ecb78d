#include "coordinator/store/sqlite/writer.h"

#include <algorithm>
#include <utility>

#include "lib/runtime/failpoint.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr char kBegin[] = "BEGIN IMMEDIATE";
constexpr char kCommit[] = "COMMIT";

}  // namespace

Writer::Writer(std::unique_ptr<Database> db, Hooks hooks, Options options)
    : db_(std::move(db)),
      hooks_(std::move(hooks)),
      options_(options),
      thread_([this] { Loop(); }) {}

void Writer::Submit(std::unique_ptr<WriteTask> task) {
  {
    MutexLock lock(mu_);
    if (!stopping_) {
      queue_.push_back(std::move(task));
      changed_.NotifyOne();
      return;
    }
  }
  task->Finish(absl::UnavailableError("the store is shut down"));
}

void Writer::Shutdown() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  MutexLock lock(join_mu_);
  if (thread_.joinable()) thread_.join();
}

Writer::Batch Writer::TakeBatch() {
  MutexLock lock(mu_);
  while (queue_.empty() && !stopping_) changed_.Wait(mu_);
  Batch batch;
  size_t const count = std::min(queue_.size(), static_cast<size_t>(options_.max_batch));
  for (size_t i = 0; i < count; ++i) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

void Writer::Loop() {
  while (true) {
    Batch const batch = TakeBatch();
    if (batch.empty()) return;
    Process(batch);
    CheckpointWhenDue();
  }
}

void Writer::Process(Batch const& batch) {
  absl::Status const committed = broken_.ok() ? Commit(batch) : broken_;
  if (!committed.ok()) Rollback();
  if (absl::IsDataLoss(committed) && broken_.ok()) {
    broken_ = Annotate(committed, "the database cannot be trusted any more, restart");
    Log(LogLevel::kError, "the store refuses all writes", {{"error", broken_.ToString()}});
  }
  for (auto const& task : batch) task->Finish(broken_.ok() ? committed : broken_);
  if (committed.ok()) hooks_.after_commit();
}

void Writer::Rollback() {
  if (db_->InTransaction()) db_->RunScript("ROLLBACK").IgnoreError();
  hooks_.after_rollback();
}

absl::Status Writer::Commit(Batch const& batch) {
  RETURN_IF_ERROR(db_->Run(kBegin));
  ASSIGN_OR_RETURN(bool const undo, RunAll(batch));
  if (undo) {
    Rollback();
    RETURN_IF_ERROR(db_->Run(kBegin));
    RETURN_IF_ERROR(RunAllApart(batch));
  }
  Failpoint("store.before_commit");
  RETURN_IF_ERROR(db_->Run(kCommit));
  Failpoint("store.after_commit");
  return absl::OkStatus();
}

// An error of the disk fails the transaction, and one of the task itself only the task.
absl::StatusOr<bool> Writer::RunAll(Batch const& batch) {
  for (auto const& task : batch) {
    int64_t const before = db_->TotalChanges();
    absl::Status const ran = task->Run(*db_);
    if (absl::IsDataLoss(ran) || !db_->InTransaction()) return ran;
    if (!ran.ok() && db_->TotalChanges() != before) return true;
  }
  return false;
}

absl::Status Writer::RunAllApart(Batch const& batch) {
  for (auto const& task : batch) {
    RETURN_IF_ERROR(db_->Run("SAVEPOINT task"));
    absl::Status const ran = task->Run(*db_);
    if (absl::IsDataLoss(ran) || !db_->InTransaction()) return ran;
    if (!ran.ok()) RETURN_IF_ERROR(db_->Run("ROLLBACK TO task"));
    RETURN_IF_ERROR(db_->Run("RELEASE task"));
  }
  return absl::OkStatus();
}

void Writer::CheckpointWhenDue() {
  if (!broken_.ok() || db_->wal_frames() < options_.checkpoint_frames) return;
  Failpoint("store.checkpoint");
  absl::Status const done = db_->Checkpoint();
  bool const failed_before = std::exchange(checkpoint_fails_, !done.ok());
  if (done.ok()) return;
  // It is tried again after every commit.
  if (!failed_before) Log(LogLevel::kWarning, "checkpoint failed", {{"error", done.ToString()}});
  if (absl::IsDataLoss(done)) broken_ = Annotate(done, "the database cannot be trusted any more");
}

}  // namespace probefarm
