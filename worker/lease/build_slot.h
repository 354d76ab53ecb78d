#pragma once

#include <cstdint>
#include <string>

#include "worker/lease/coordinator_client.h"
#include "worker/lease/lease_run.h"
#include "worker/lease/session_keeper.h"
#include "worker/lease/stop_signal.h"

namespace probefarm {

// One place to build: asks for a lease, runs it, asks again, until the worker drains. Loop() is a
// slot's thread.
class BuildSlot {
 public:
  // `number` tells slots of one worker apart; `pause` follows each error.
  BuildSlot(CoordinatorClient& coordinator, SessionKeeper& session, LeaseRun& run, StopSignal& stop,
            int number, absl::Duration pause = absl::Seconds(1));

  // Until the stage is not kRunning any more.
  void Loop();
  // One poll, and the lease that it brought: built, or given back when the worker drains meanwhile.
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
