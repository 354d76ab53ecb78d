#include "worker/lease/build_slot.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/runtime/log.h"

namespace probefarm {
namespace {

constexpr absl::Duration kPoll = absl::Seconds(25);
// After what this machine could not do, in pauses.
constexpr int kRecovery = 10;

}  // namespace

BuildSlot::BuildSlot(CoordinatorClient& coordinator, SessionKeeper& session, LeaseRun& run,
                     BuildPermits& permits, StopSignal& stop, AwaitFit await_fit, int number,
                     absl::Duration pause)
    : coordinator_(coordinator),
      session_(session),
      run_(run),
      permits_(permits),
      stop_(stop),
      await_fit_(std::move(await_fit)),
      number_(number),
      pause_(pause) {}

void BuildSlot::Loop() {
  while (!Draining()) RunOnce();
}

void BuildSlot::RunOnce() {
  std::optional<BuildPermits::Turn> const turn = permits_.AwaitTurn([this] { return Draining(); });
  if (!turn.has_value() || !await_fit_()) return;
  Wish const wish{absl::StrCat("slot-", number_, "-", ++wishes_), kPoll, turn->ahead()};
  absl::StatusOr<std::vector<Lease>> const leases = Ask(wish);
  if (Draining()) {
    ReturnUnwanted(wish.request_id);
  } else if (!leases.ok()) {
    Log(LogLevel::kWarning, "no lease could be asked for", {{"error", leases.status().ToString()}});
    stop_.WaitFor(pause_);
  } else {
    RunAll(*leases);
  }
}

// The answer may have been lost with a lease in it: the same wish again brings it back.
absl::StatusOr<std::vector<Lease>> BuildSlot::Ask(Wish const& wish) {
  absl::StatusOr<std::vector<Lease>> leases = coordinator_.Acquire(session_.token(), wish);
  while (absl::IsUnavailable(leases.status()) || absl::IsDeadlineExceeded(leases.status())) {
    if (Draining()) break;
    stop_.WaitFor(pause_);
    leases = coordinator_.Acquire(session_.token(), wish);
  }
  return leases;
}

void BuildSlot::RunAll(std::vector<Lease> const& leases) {
  for (Lease const& lease : leases) {
    if (run_.Run(lease) == LeaseRun::Machine::kUnfit) stop_.WaitFor(kRecovery * pause_);
  }
}

// A poll that was interrupted, or that came back too late, may have brought a lease: what the
// worker will not build is given back at once instead of after the lease's ttl.
void BuildSlot::ReturnUnwanted(std::string const& request_id) {
  absl::StatusOr<std::vector<Lease>> const leases =
      coordinator_.Acquire(session_.token(), {request_id, absl::ZeroDuration()});
  if (!leases.ok()) {
    Log(LogLevel::kWarning, "a lease that is under way will expire",
        {{"error", leases.status().ToString()}});
    return;
  }
  for (Lease const& lease : *leases) {
    absl::Status const released =
        coordinator_.Release(session_.token(), lease.name, "draining", "the worker drains");
    if (!released.ok()) {
      Log(LogLevel::kWarning, "a lease was not given back, it will expire",
          {{"job", lease.name.job}, {"error", released.ToString()}});
    }
  }
}

}  // namespace probefarm
