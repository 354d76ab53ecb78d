#include "worker/lease/build_slot.h"

#include "absl/strings/str_cat.h"
#include "lib/runtime/log.h"

namespace probefarm {
namespace {

constexpr absl::Duration kPoll = absl::Seconds(25);

}  // namespace

BuildSlot::BuildSlot(CoordinatorClient& coordinator, SessionKeeper& session, LeaseRun& run,
                     StopSignal& stop, int number, absl::Duration pause)
    : coordinator_(coordinator),
      session_(session),
      run_(run),
      stop_(stop),
      number_(number),
      pause_(pause) {}

void BuildSlot::Loop() {
  while (stop_.stage() == StopSignal::Stage::kRunning) RunOnce();
}

void BuildSlot::RunOnce() {
  std::string const request_id = absl::StrCat("slot-", number_, "-", ++wishes_);
  absl::StatusOr<std::vector<Lease>> leases =
      coordinator_.Acquire(session_.token(), request_id, 1, kPoll);
  // The answer may have been lost with a lease in it: the same wish again brings it back.
  while (absl::IsUnavailable(leases.status()) || absl::IsDeadlineExceeded(leases.status())) {
    if (stop_.stage() != StopSignal::Stage::kRunning) break;
    stop_.WaitFor(pause_);
    leases = coordinator_.Acquire(session_.token(), request_id, 1, kPoll);
  }
  if (stop_.stage() != StopSignal::Stage::kRunning) {
    ReturnUnwanted(request_id);
  } else if (!leases.ok()) {
    Log(LogLevel::kWarning, "no lease could be asked for", {{"error", leases.status().ToString()}});
    stop_.WaitFor(pause_);
  } else {
    for (Lease const& lease : *leases) run_.Run(lease);
  }
}

// A poll that was interrupted, or that came back too late, may have brought a lease: what the
// worker will not build is given back at once instead of after the lease's ttl.
void BuildSlot::ReturnUnwanted(std::string const& request_id) {
  absl::StatusOr<std::vector<Lease>> const leases =
      coordinator_.Acquire(session_.token(), request_id, 1, absl::ZeroDuration());
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
