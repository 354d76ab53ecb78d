#include "coordinator/api/explain_call.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/api/wire.h"
#include "coordinator/releases/room_watch.h"
#include "coordinator/store/await.h"
#include "coordinator/store/withdrawal_rules.h"
#include "lib/driver/asset_name.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// "building", "fetching, linux-headers-… 40 %"; empty when its worker has not said.
std::string TextOf(LeaseProgress const& progress) {
  if (progress.phase == LeasePhase::kUnknown) return "";
  constexpr char const* kNames[] = {"",         "fetching",        "building",
                                    "checking", "awaiting upload", "sending"};
  std::string const name = kNames[static_cast<size_t>(progress.phase)];
  return progress.detail.empty() ? name : absl::StrCat(name, ", ", progress.detail);
}

}  // namespace

absl::Status ExplainCall::Fill(JobId id, v1::ExplainResponse& response) const {
  ASSIGN_OR_RETURN(Job const job,
                   Await<Job>([&](auto done) { store.GetJob(id, std::move(done)); }));
  ASSIGN_OR_RETURN(Surroundings const around, SurroundingsOf(job));
  *response.mutable_job() = ToWire(job, phases.ProgressOf(job.session, {job.id, job.epoch}));
  for (Reason const& reason : Explain(job, around, clock.Now()))
    *response.add_reasons() = ToWire(reason);
  return absl::OkStatus();
}

absl::StatusOr<Surroundings> ExplainCall::SurroundingsOf(Job const& job) const {
  Surroundings around;
  ASSIGN_OR_RETURN(Controls const controls,
                   Await<Controls>([&](auto done) { store.GetControls(std::move(done)); }));
  around.paused = controls.paused;
  ASSIGN_OR_RETURN(auto const workers, Await<std::vector<WorkerRecord>>(
                                           [&](auto done) { store.ListWorkers(std::move(done)); }));
  for (WorkerRecord const& worker : workers) {
    if (!worker.live) continue;
    bool const drained = std::find(controls.drained.begin(), controls.drained.end(),
                                   worker.worker) != controls.drained.end();
    around.workers.push_back({worker.worker, worker.capabilities, worker.free_slots,
                              drained || phases.Draining(worker.session)});
  }
  ASSIGN_OR_RETURN(around.ahead,
                   Await<int64_t>([&](auto done) { store.CountAhead(job.id, std::move(done)); }));
  LeaseProgress const progress = phases.ProgressOf(job.session, {job.id, job.epoch});
  around.progress = TextOf(progress);
  ASSIGN_OR_RETURN(auto const known, Await<std::vector<ProbeKnowledge>>([&](auto done) {
                     store.FindProbes({job.probe}, std::move(done));
                   }));
  for (WithdrawnBuild const& build : known.at(0).withdrawn) {
    if (build.fingerprint == job.fingerprint) around.withdrawn = ReasonOf(build).text;
  }
  around.release_host_error = std::string(facts.release_host().message());
  around.room = RoomUnder(ReleaseTag(job.probe), facts.rooms());
  return around;
}

}  // namespace probefarm
