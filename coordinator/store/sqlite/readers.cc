#include "coordinator/store/sqlite/readers.h"

#include <utility>

#include "lib/runtime/status_macros.h"

namespace probefarm {

absl::StatusOr<std::unique_ptr<Readers>> Readers::Open(std::string const& path, int threads) {
  std::vector<std::unique_ptr<Database>> connections;
  for (int i = 0; i < threads; ++i) {
    ASSIGN_OR_RETURN(auto connection, Database::Open(path, Database::Mode::kReadOnly));
    connections.push_back(std::move(connection));
  }
  return std::unique_ptr<Readers>(new Readers(std::move(connections)));
}

Readers::Readers(std::vector<std::unique_ptr<Database>> connections)
    : connections_(std::move(connections)) {
  MutexLock lock(join_mu_);
  for (auto const& connection : connections_) {
    threads_.emplace_back([this, db = connection.get()] { Loop(*db); });
  }
}

void Readers::Submit(std::unique_ptr<ReadTask> task) {
  {
    MutexLock lock(mu_);
    if (!stopping_) {
      queue_.push_back(std::move(task));
      changed_.NotifyOne();
      return;
    }
  }
  task->Run(absl::UnavailableError("the store is shut down"), nullptr);
}

void Readers::Shutdown() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  MutexLock lock(join_mu_);
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Readers::Loop(Database& db) {
  while (true) {
    std::unique_ptr<ReadTask> task;
    {
      MutexLock lock(mu_);
      while (queue_.empty() && !stopping_) changed_.Wait(mu_);
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    absl::Status const begun = db.Run("BEGIN");
    task->Run(begun, begun.ok() ? &db : nullptr);
    // Ends the snapshot; a read-only transaction leaves nothing that could fail to be kept.
    if (db.InTransaction()) db.Run("ROLLBACK").IgnoreError();
  }
}

}  // namespace probefarm
