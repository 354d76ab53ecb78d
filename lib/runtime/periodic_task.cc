#include "lib/runtime/periodic_task.h"

#include <utility>

namespace probefarm {

PeriodicTask::PeriodicTask(std::function<absl::Duration()> interval, std::function<void()> run)
    : interval_(std::move(interval)), run_(std::move(run)), thread_([this] { Loop(); }) {}

PeriodicTask::PeriodicTask(absl::Duration interval, std::function<void()> run)
    : PeriodicTask([interval] { return interval; }, std::move(run)) {}

PeriodicTask::~PeriodicTask() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

void PeriodicTask::Wake() {
  {
    MutexLock lock(mu_);
    woken_ = true;
  }
  changed_.NotifyAll();
}

void PeriodicTask::Loop() {
  while (true) {
    {
      absl::Duration const interval = interval_();
      MutexLock lock(mu_);
      while (!stopping_ && !woken_ && changed_.WaitFor(mu_, interval)) {
      }
      if (stopping_) return;
      woken_ = false;
    }
    run_();
  }
}

}  // namespace probefarm
