#pragma once

#include <functional>
#include <memory>
#include <string>

#include "lib/build/build_spec.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/patient_executor.h"
#include "worker/build/build_outcome.h"
#include "worker/build/build_run.h"
#include "worker/lease/coordinator_client.h"
#include "worker/lease/lease_table.h"
#include "worker/lease/log_sender.h"
#include "worker/lease/publishing.h"
#include "worker/lease/session_keeper.h"
#include "worker/lease/stop_signal.h"

namespace probefarm {

// Does what a lease is for: builds, and reports how it ended. A built file is published on
// `uploads`, so that the build slot is free meanwhile. A failure, and a spec that cannot be read
// ("bad_spec", permanent), is told to the coordinator before Run() returns, the end of the log in
// front of it, for as long as the lease is good. A failure of this machine gives the lease back
// unharmed. A run that was cancelled has nothing to tell, but a worker that stops gives its lease
// back. The lease is removed from the table when it is over,
// and the file deleted. Thread-safe: one Run() for each slot.
class LeaseRun {
 public:
  // Builds a spec: RunBuild() with the worker's engine and caches. `context` has lease, on_phase,
  // log and cancelled filled in.
  using Build = std::function<BuildOutcome(BuildSpec const&, BuildRunContext)>;

  // All outlive this, and this outlives what it queues on `uploads`: LeaseTable::WaitUntilEmpty()
  // tells when that is done.
  LeaseRun(CoordinatorClient& coordinator, LeaseTable& leases, SessionKeeper& session,
           Publishing& publishing, PatientExecutor& uploads, StopSignal& stop, Clock& clock,
           std::string worker_id, Build build);

  // What is to be said of this machine afterwards: kUnfit when it could not build although the job
  // is not at fault (BuildFailure::Class::kMachine), so it had better not ask again at once.
  enum class Machine { kFit, kUnfit };

  // Adds the lease to the table and builds. Blocks as long as the build, and while a failure cannot
  // be told.
  Machine Run(Lease const& lease);

 private:
  BuildRunContext ContextFor(LeaseName name, LogSender& log);
  std::shared_ptr<LogSender> MakeLog(LeaseName name);
  // Hands the file to `uploads`: the rest of the log is sent, and then the file.
  void Publish(LeaseName name, BuiltArtifact const& artifact, std::shared_ptr<LogSender> log);
  // While the file waits its lease is looked at often: it may be taken away. Answers when to call
  // this again; nothing at the end.
  std::optional<absl::Time> GoOn(Delivery& delivery, absl::Time& due);
  void SendRest(LogSender& log, LeaseName name);
  // Deletes the file and removes the lease.
  void End(BuiltFile const& file, PublishingEnd end);
  // Tells a failure, persistently: by Complete, or by Release when the machine is at fault.
  void Tell(LeaseName name, LogSender& log, BuildFailure const& failure);
  absl::Status TellOnce(LeaseName name, BuildFailure const& failure);
  // Releases the lease when the worker stops; does nothing otherwise.
  void GiveBack(LeaseName name);

  CoordinatorClient& coordinator_;
  LeaseTable& leases_;
  SessionKeeper& session_;
  Publishing& publishing_;
  PatientExecutor& uploads_;
  StopSignal& stop_;
  Clock& clock_;
  std::string const worker_id_;
  Build const build_;
};

}  // namespace probefarm
