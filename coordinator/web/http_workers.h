#pragma once

#include <functional>
#include <memory>

#include "lib/runtime/executor.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// The threads that handlers may block. Unlike a bare Executor it can be stopped while its users
// still call it. Thread-safe. libmicrohttpd must not be stopped while a connection is suspended,
// and a connection is suspended as long as its work is queued here: so these stop first.
class HttpWorkers {
 public:
  explicit HttpWorkers(int threads);

  // False, and `work` never runs, after Stop(). Does not wait; the queue is as long as there are
  // connections.
  bool Run(std::function<void()> work) EXCLUDES(mu_);

  // Finishes everything that was accepted. Idempotent. Blocks.
  void Stop() EXCLUDES(mu_);

 private:
  Mutex mu_;
  std::unique_ptr<Executor> executor_ GUARDED_BY(mu_);
};

}  // namespace probefarm
