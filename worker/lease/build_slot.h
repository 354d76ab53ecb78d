#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "worker/build/build_permits.h"
#include "worker/lease/coordinator_client.h"
#include "worker/lease/lease_run.h"
#include "worker/lease/session_keeper.h"
#include "worker/lease/stop_signal.h"

namespace probefarm {

// Asks for a lease, runs it, asks again, until the worker drains. Loop() is a slot's thread; all
// else is used by that thread alone. A worker has one slot more than it has build permits: the one
// that finds them all taken has its inputs ready when the next build ends.
//
// Each wish for a lease has a request id ("slot-0-7"), new for a new wish and the same when the
// answer to it was lost, by which the coordinator replays the leases that it granted: no lease is
// lost with an answer.
class BuildSlot {
 public:
  // Blocks until this machine can build; false when the worker drains meanwhile.
  using AwaitFit = std::function<bool()>;

  // `number` tells slots of one worker apart; `pause` follows each error. The others outlive this.
  BuildSlot(CoordinatorClient& coordinator, SessionKeeper& session, LeaseRun& run,
            BuildPermits& permits, StopSignal& stop, AwaitFit await_fit, int number,
            absl::Duration pause = absl::Seconds(1));

  // Until the stage is not kRunning any more.
  void Loop();
  // One turn, one poll (25 s at most, repeated while nobody answers), and the lease that it
  // brought: built, or given back when the worker drains meanwhile. Blocks as long as a build.
  // Errors are logged.
  void RunOnce();

 private:
  bool Draining() const { return stop_.stage() != StopSignal::Stage::kRunning; }
  absl::StatusOr<std::vector<Lease>> Ask(Wish const& wish);
  void RunAll(std::vector<Lease> const& leases);
  void ReturnUnwanted(std::string const& request_id);

  CoordinatorClient& coordinator_;
  SessionKeeper& session_;
  LeaseRun& run_;
  BuildPermits& permits_;
  StopSignal& stop_;
  AwaitFit const await_fit_;
  int const number_;
  absl::Duration const pause_;
  int64_t wishes_ = 0;
};

}  // namespace probefarm
