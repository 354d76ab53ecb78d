#include "worker/build/build_permits.h"

#include "absl/status/status.h"

namespace probefarm {
namespace {

constexpr absl::Duration kAskEvery = absl::Seconds(1);

}  // namespace

BuildPermits::Turn::~Turn() {
  if (permits_ != nullptr) permits_->EndTurn();
}

void BuildPermits::Permit::Return() {
  if (BuildPermits* const permits = std::exchange(permits_, nullptr)) permits->Return();
}

std::optional<BuildPermits::Turn> BuildPermits::AwaitTurn(std::function<bool()> const& over) {
  // Asked without the lock, here and below: it is the caller's code.
  while (!over()) {
    MutexLock lock(mu_);
    if (!HasTurn()) changed_.WaitFor(mu_, kAskEvery);
    if (!HasTurn()) continue;
    bool const ahead = turns_++ == count_;
    return Turn(this, ahead);
  }
  return std::nullopt;
}

absl::StatusOr<BuildPermits::Permit> BuildPermits::Take(std::function<bool()> const& cancelled) {
  while (!cancelled || !cancelled()) {
    MutexLock lock(mu_);
    if (free_ == 0) changed_.WaitFor(mu_, kAskEvery);
    if (free_ == 0) continue;
    if (--free_ == 0) changed_.NotifyAll();
    return Permit(this);
  }
  return absl::CancelledError("wait for a slot: cancelled");
}

void BuildPermits::EndTurn() {
  {
    MutexLock lock(mu_);
    --turns_;
  }
  changed_.NotifyAll();
}

void BuildPermits::Return() {
  {
    MutexLock lock(mu_);
    ++free_;
  }
  changed_.NotifyAll();
}

}  // namespace probefarm
