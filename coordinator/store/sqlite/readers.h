#pragma once

#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/store/sqlite/database.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// One question to the database.
class ReadTask {
 public:
  virtual ~ReadTask() = default;
  // Once. `status` is OK when `db` shows one snapshot for the whole call; else there is no `db`. On
  // a reader's thread, in a read transaction that ends when this returns.
  virtual void Run(absl::Status status, Database* db) = 0;
};

// Threads with a read-only connection each, so that questions wait neither for the writer nor, when
// short, for a long one. Thread-safe. In WAL mode a reader sees the state of the last commit before
// it began, however many commits follow.
class Readers {
 public:
  // `threads` is 1 or more. Errors are Database::Open()'s; the file must be there.
  static absl::StatusOr<std::unique_ptr<Readers>> Open(std::string const& path, int threads);
  ~Readers() { Shutdown(); }

  // After Shutdown() the task is run with UNAVAILABLE, on the caller's thread. Tasks begin in the
  // order in which they came.
  void Submit(std::unique_ptr<ReadTask> task) EXCLUDES(mu_);

  // Answers what was submitted, then ends the threads. Not from a task. Blocks until all is done.
  // Idempotent.
  void Shutdown() EXCLUDES(mu_, join_mu_);

 private:
  explicit Readers(std::vector<std::unique_ptr<Database>> connections);

  void Loop(Database& db) EXCLUDES(mu_);

  std::vector<std::unique_ptr<Database>> const connections_;  // one for each thread
  Mutex mu_;
  CondVar changed_;
  std::deque<std::unique_ptr<ReadTask>> queue_ GUARDED_BY(mu_);
  bool stopping_ GUARDED_BY(mu_) = false;
  Mutex join_mu_;
  std::vector<std::thread> threads_ GUARDED_BY(join_mu_);
};

}  // namespace probefarm
