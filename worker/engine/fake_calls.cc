#include "worker/engine/fake_calls.h"

namespace probefarm {

void FakeCalls::FailNext(EngineCall call, absl::Status const& status, int times) {
  MutexLock lock(mu_);
  std::deque<absl::Status>& queue = failures_[call];
  queue.insert(queue.end(), static_cast<size_t>(times), status);
}

absl::Status FakeCalls::Record(EngineCall call) {
  MutexLock lock(mu_);
  calls_.push_back(call);
  std::deque<absl::Status>& queue = failures_[call];
  if (queue.empty()) return absl::OkStatus();
  absl::Status status = queue.front();
  queue.pop_front();
  return status;
}

std::vector<EngineCall> FakeCalls::calls() const {
  MutexLock lock(mu_);
  return calls_;
}

}  // namespace probefarm
