#pragma once

#include "coordinator/releases/github/github_api.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// Waits by the wall clock until the program stops. Thread-safe.
class StoppablePause final : public PacingPause {
 public:
  // `clock` must outlive it.
  explicit StoppablePause(Clock const& clock) : clock_(clock) {}

  bool WaitUntil(absl::Time time) override EXCLUDES(mu_);
  // From now on nobody waits.
  void Stop() EXCLUDES(mu_);

 private:
  Clock const& clock_;
  Mutex mu_;
  CondVar stopped_;
  bool stopping_ GUARDED_BY(mu_) = false;
};

}  // namespace probefarm
