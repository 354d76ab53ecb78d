#pragma once

#include "absl/time/time.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// How far the worker is on its way out, and a sleep that ends when that changes. Thread-safe.
class StopSignal {
 public:
  // kDraining: nothing new is taken, what is held is finished. kStopping: what is held is given up.
  enum class Stage { kRunning, kDraining, kStopping };

  // Stages only go forward; one that is behind the present does nothing.
  void Advance(Stage stage) EXCLUDES(mu_) {
    {
      MutexLock lock(mu_);
      if (stage <= stage_) return;
      stage_ = stage;
    }
    changed_.NotifyAll();
  }

  Stage stage() const EXCLUDES(mu_) {
    MutexLock lock(mu_);
    return stage_;
  }

  // Sleeps for `duration`, or until the stage changes. (A spurious wake-up shortens it.) Once the
  // worker is stopping it does not sleep any more. `duration` is finite.
  void WaitFor(absl::Duration duration) EXCLUDES(mu_) {
    MutexLock lock(mu_);
    if (stage_ != Stage::kStopping) changed_.WaitFor(mu_, duration);
  }

  // Blocks until the stage is at least `stage`.
  void WaitUntil(Stage stage) EXCLUDES(mu_) {
    MutexLock lock(mu_);
    while (stage_ < stage) changed_.Wait(mu_);
  }

 private:
  mutable Mutex mu_;
  CondVar changed_;
  Stage stage_ GUARDED_BY(mu_) = Stage::kRunning;
};

}  // namespace probefarm
