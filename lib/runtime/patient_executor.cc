#include "lib/runtime/patient_executor.h"

#include <algorithm>
#include <utility>

namespace probefarm {
namespace {

// The clock may be set, or be one of a test: it is looked at this often.
constexpr absl::Duration kLookEvery = absl::Seconds(1);

}  // namespace

PatientExecutor::PatientExecutor(int threads, Clock& clock) : clock_(clock) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Loop(); });
}

PatientExecutor::~PatientExecutor() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
}

void PatientExecutor::Run(Work work) { Put(clock_.Now(), std::move(work)); }

void PatientExecutor::Put(absl::Time time, Work work) {
  {
    MutexLock lock(mu_);
    queue_.emplace(time, std::move(work));
  }
  changed_.NotifyOne();
}

absl::Duration PatientExecutor::UntilNext() const {
  if (queue_.empty()) return kLookEvery;
  return std::min(queue_.begin()->first - clock_.Now(), kLookEvery);
}

PatientExecutor::Work PatientExecutor::Next() {
  MutexLock lock(mu_);
  while (queue_.empty() || queue_.begin()->first > clock_.Now()) {
    if (stopping_ && queue_.empty() && running_ == 0) return nullptr;
    changed_.WaitFor(mu_, UntilNext());
  }
  ++running_;
  return std::move(queue_.extract(queue_.begin()).mapped());
}

void PatientExecutor::Loop() {
  while (Work work = Next()) {
    std::optional<absl::Time> const again = work();
    if (again) Put(*again, std::move(work));
    work = nullptr;  // what it holds may be waited for
    MutexLock lock(mu_);
    --running_;
    if (stopping_ && queue_.empty() && running_ == 0) changed_.NotifyAll();
  }
}

}  // namespace probefarm
