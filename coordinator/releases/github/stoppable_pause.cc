#include "coordinator/releases/github/stoppable_pause.h"

namespace probefarm {

bool StoppablePause::WaitUntil(absl::Time time) {
  MutexLock lock(mu_);
  // Whole seconds at most at a time: the clock may be set meanwhile.
  while (!stopping_) {
    absl::Duration const left = time - clock_.Now();
    if (left <= absl::ZeroDuration()) return true;
    stopped_.WaitFor(mu_, std::min(left, absl::Seconds(1)));
  }
  return false;
}

void StoppablePause::Stop() {
  MutexLock lock(mu_);
  stopping_ = true;
  stopped_.NotifyAll();
}

}  // namespace probefarm
