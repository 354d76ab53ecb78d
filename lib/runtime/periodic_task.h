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
class PeriodicTask {
 public:
  // `interval` is asked before each wait, so that it can vary (jitter, backoff).
  PeriodicTask(std::function<absl::Duration()> interval, std::function<void()> run);
  PeriodicTask(absl::Duration interval, std::function<void()> run);
  // Waits for a run in progress.
  ~PeriodicTask();

  PeriodicTask(PeriodicTask const&) = delete;
  PeriodicTask& operator=(PeriodicTask const&) = delete;

  // Runs soon instead of at the next interval; calls before that run are one.
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
