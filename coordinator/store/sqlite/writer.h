#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/store/sqlite/database.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// One operation that changes the database.
class WriteTask {
 public:
  virtual ~WriteTask() = default;
  // Inside the transaction. An error undoes what this task did, and only that. On the writer's
  // thread. Once more when another task of the batch has to be undone; not at all when a task
  // before it has undone the batch for good: DATA_LOSS, or a transaction that SQLite has rolled
  // back.
  virtual absl::Status Run(Database& db) = 0;
  // Once, after the commit, or after it failed. `committed` is OK when what Run() did is on disk or
  // was undone by its own error. On the writer's thread, but for a task that came after Shutdown().
  virtual void Finish(absl::Status committed) = 0;
};

// The one thread that writes. Tasks that arrive while a commit is under way share the next one
// (group commit), so that many acknowledged writes cost one fsync.
//
// Thread-safe. Errors of the disk: a full one fails the transaction's tasks with
// RESOURCE_EXHAUSTED and the next ones try again; a file that cannot be trusted any more
// (DATA_LOSS: an fsync failed, a page is corrupt) fails these and every later task, since nobody
// knows what is on the disk: the process must restart and recover from the file.
//
//   BEGIN IMMEDIATE
//     Run() of up to max_batch tasks that wait
//   COMMIT                                     one fsync
//   Finish() of each, then after_commit        (else ROLLBACK, after_rollback, Finish())
//
// A task that fails has most often changed nothing, and there is nothing to undo. When one has, the
// transaction is undone and begun again with a savepoint around each task, which is what costs.
class Writer {
 public:
  // Larger batches cost latency, rarer checkpoints a longer log.
  struct Options {
    int max_batch = 256;           // tasks in a transaction
    int checkpoint_frames = 4000;  // in the write-ahead log before it is copied into the file
  };
  // Both run on the writer's thread.
  struct Hooks {
    std::function<void()> after_commit;    // after the tasks' Finish()
    std::function<void()> after_rollback;  // before it; the whole transaction was undone
  };

  // Starts the thread. What the hooks use must outlive the writer.
  Writer(std::unique_ptr<Database> db, Hooks hooks, Options options);
  ~Writer() { Shutdown(); }

  // After Shutdown() the task is finished with UNAVAILABLE, on the caller's thread. Tasks run in
  // the order in which they came.
  void Submit(std::unique_ptr<WriteTask> task) EXCLUDES(mu_);

  // Does what was submitted, then ends the thread. Not from a task. Blocks until all is finished.
  // Idempotent.
  void Shutdown() EXCLUDES(mu_, join_mu_);

 private:
  using Batch = std::vector<std::unique_ptr<WriteTask>>;

  // The thread: takes a batch, commits it, checkpoints when the log has grown.
  void Loop() EXCLUDES(mu_);
  // Waits for tasks; empty when the writer stops and none is left.
  Batch TakeBatch() EXCLUDES(mu_);
  void Process(Batch const& batch);
  absl::Status Commit(Batch const& batch);
  // Answers whether a task has left changes that must be undone.
  absl::StatusOr<bool> RunAll(Batch const& batch);
  // The same tasks, each in a savepoint of its own.
  absl::Status RunAllApart(Batch const& batch);
  void Rollback();
  void CheckpointWhenDue();

  std::unique_ptr<Database> db_;  // the writer's thread only, as are the next four
  Hooks const hooks_;
  Options const options_;
  // Not OK: the file cannot be trusted, and every task fails with this.
  absl::Status broken_;
  bool checkpoint_fails_ = false;

  Mutex mu_;
  CondVar changed_;
  std::deque<std::unique_ptr<WriteTask>> queue_ GUARDED_BY(mu_);
  bool stopping_ GUARDED_BY(mu_) = false;
  Mutex join_mu_;
  std::thread thread_ GUARDED_BY(join_mu_);
};

}  // namespace probefarm
