#pragma once

#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// A clock that a test moves by hand; it stands still otherwise. Begins at a round number of Unix
// seconds (2027-01-15T08:00:00Z) and at zero since boot. Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time start = absl::FromUnixSeconds(1'800'000'000)) : now_(start) {}

  absl::Time Now() const override {
    MutexLock lock(mu_);
    return now_;
  }

  absl::Duration SinceBoot() const override {
    MutexLock lock(mu_);
    return since_boot_;
  }

  // Moves both times. Wakes nobody: who waits has to be asked to look again (RunOnce()).
  void Advance(absl::Duration by) {
    MutexLock lock(mu_);
    now_ += by;
    since_boot_ += by;
  }

  // Moves the wall clock alone, as somebody who sets it.
  void Jump(absl::Duration by) {
    MutexLock lock(mu_);
    now_ += by;
  }

 private:
  mutable Mutex mu_;
  absl::Time now_ GUARDED_BY(mu_);
  absl::Duration since_boot_ GUARDED_BY(mu_) = absl::ZeroDuration();
};

}  // namespace probefarm
