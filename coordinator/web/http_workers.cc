#include "coordinator/web/http_workers.h"

#include <utility>

namespace probefarm {

HttpWorkers::HttpWorkers(int threads) : executor_(std::make_unique<Executor>(threads)) {}

bool HttpWorkers::Run(std::function<void()> work) {
  MutexLock lock(mu_);
  if (executor_ == nullptr) return false;
  executor_->Run(std::move(work));
  return true;
}

void HttpWorkers::Stop() {
  std::unique_ptr<Executor> last;
  MutexLock lock(mu_);
  last = std::move(executor_);
}

}  // namespace probefarm
