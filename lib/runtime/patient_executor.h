#pragma once

#include <functional>
#include <map>
#include <optional>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// Runs work on a fixed number of threads that may ask to be run again later; while it waits it
// holds no thread, so that work which cannot go on keeps nothing from going on. The queue has no
// bound: who gives work bounds it. Thread-safe.
class PatientExecutor {
 public:
  // Answers when it is to be run again; nothing when it is done. Must not throw.
  using Work = std::function<std::optional<absl::Time>()>;

  // `threads` is at least 1; they start here. `clock` outlives this.
  PatientExecutor(int threads, Clock& clock);
  // Waits until all work is done, however long it asks to wait, then joins. Not from one of its own
  // threads.
  ~PatientExecutor();

  PatientExecutor(PatientExecutor const&) = delete;
  PatientExecutor& operator=(PatientExecutor const&) = delete;

  // Queues and returns at once. Work whose time has come runs in the order of these times. No two
  // runs of one work overlap.
  void Run(Work work) EXCLUDES(mu_);

  // Looks at the clock at once; else it may be a second late.
  void Wake() { changed_.NotifyAll(); }

 private:
  void Loop() EXCLUDES(mu_);
  // The next work whose time has come; null at the end.
  Work Next() EXCLUDES(mu_);
  void Put(absl::Time time, Work work) EXCLUDES(mu_);
  absl::Duration UntilNext() const REQUIRES(mu_);

  Clock& clock_;
  Mutex mu_;
  CondVar changed_;
  std::multimap<absl::Time, Work> queue_ GUARDED_BY(mu_);  // by when to run it
  int running_ GUARDED_BY(mu_) = 0;
  bool stopping_ GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace probefarm
