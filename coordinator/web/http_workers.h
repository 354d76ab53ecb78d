#pragma once

#include <functional>
#include <memory>

#include "lib/runtime/executor.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// The threads that handlers may block. Unlike a bare Executor it can be stopped while its users
// still call it. Thread-safe.
class HttpWorkers {
 public:
  explicit HttpWorkers(int threads);

  // False, and `work` never runs, after Stop().
  bool Run(std::function<void()> work) EXCLUDES(mu_);

  // Finishes everything that was accepted. Idempotent.
  void Stop() EXCLUDES(mu_);

 private:
  Mutex mu_;
  std::unique_ptr<Executor> executor_ GUARDED_BY(mu_);
};

}  // namespace probefarm
