#pragma once

#include <cstdint>
#include <string>

#include "worker/lease/coordinator_client.h"
#include "worker/lease/lease_run.h"
#include "worker/lease/session_keeper.h"
#include "worker/lease/stop_signal.h"

namespace probefarm {

// One place to build: asks for a lease, runs it, asks again, until the worker drains. Loop() is a
// slot's thread; all else is used by that thread alone.
//
// Each wish for a lease has a request id ("slot-0-7"), new for a new wish and the same when the
// answer to it was lost, by which the coordinator replays the leases that it granted: no lease is
// lost with an answer.
class BuildSlot {
 public:
  // `number` tells slots of one worker apart; `pause` follows each error. The others outlive this.
  BuildSlot(CoordinatorClient& coordinator, SessionKeeper& session, LeaseRun& run, StopSignal& stop,
            int number, absl::Duration pause = absl::Seconds(1));

  // Until the stage is not kRunning any more.
  void Loop();
  // One poll (25 s at most, repeated while nobody answers), and the lease that it brought: built,
  // or given back when the worker drains meanwhile. Blocks as long as a build. Errors are logged.
  void RunOnce();

 private:
  void ReturnUnwanted(std::string const& request_id);

  CoordinatorClient& coordinator_;
  SessionKeeper& session_;
  LeaseRun& run_;
  StopSignal& stop_;
  int const number_;
  absl::Duration const pause_;
  int64_t wishes_ = 0;
};

}  // namespace probefarm
