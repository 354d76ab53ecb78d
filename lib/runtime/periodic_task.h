#pragma once

#include <functional>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// Calls `run` every `interval` on a thread of its own, from construction until destruction. The
// work itself is a public RunOnce() elsewhere: tests call that and never start the thread.
// Thread-safe.
//
// An interval begins where the run before ended, the first one at construction: runs never overlap,
// and a long one does not lead to a burst. `run` must not throw, and does not destroy the task.
//
//   PeriodicTask const sweep(absl::Seconds(1), [&leases] { leases.RunOnce(); });
class PeriodicTask {
 public:
  // `interval` is asked before each wait, so that it can vary (jitter, backoff), on the task's
  // thread and without a lock held. Finite. Both functions' referents outlive the task.
  PeriodicTask(std::function<absl::Duration()> interval, std::function<void()> run);
  PeriodicTask(absl::Duration interval, std::function<void()> run);
  // Waits for a run in progress, which nothing interrupts; starts none.
  ~PeriodicTask();

  PeriodicTask(PeriodicTask const&) = delete;
  PeriodicTask& operator=(PeriodicTask const&) = delete;

  // Runs soon instead of at the next interval; calls before that run are one. A call during a run
  // brings another one right after it: the run may have missed what the caller means. Also from
  // inside of `run`.
  void Wake() EXCLUDES(mu_);

 private:
  void Loop() EXCLUDES(mu_);

  std::function<absl::Duration()> const interval_;
  std::function<void()> const run_;
  Mutex mu_;
  CondVar changed_;
  bool stopping_ GUARDED_BY(mu_) = false;
  bool woken_ GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace probefarm
