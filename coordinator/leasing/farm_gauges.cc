#include "coordinator/leasing/farm_gauges.h"

namespace probefarm {

void FarmGauges::RunOnce() {
  // What cannot be read now keeps its last value; the store's own errors are shown by readiness.
  store_.CountJobs({}, [this](absl::StatusOr<JobCounts> counts) {
    if (counts.ok()) SetJobs(*counts);
  });
  store_.ListWorkers([this](absl::StatusOr<std::vector<WorkerRecord>> workers) {
    if (workers.ok()) SetWorkers(*workers);
  });
}

void FarmGauges::SetJobs(JobCounts const& counts) {
  int64_t queued = 0;
  int64_t held = 0;
  for (auto const& [state, count] : counts) {
    if (state == JobState::kQueued) queued += count;
    if (IsHeld(state)) held += count;
  }
  metrics_.Set("probefarm_jobs_queued", "Jobs that wait for a worker", {},
               static_cast<double>(queued));
  metrics_.Set("probefarm_leases_active", "Leases that workers hold", {},
               static_cast<double>(held));
}

void FarmGauges::SetWorkers(std::vector<WorkerRecord> const& workers) {
  int live = 0;
  int free_slots = 0;
  for (WorkerRecord const& worker : workers) {
    if (!worker.live) continue;
    ++live;
    free_slots += worker.free_slots;
  }
  metrics_.Set("probefarm_workers_live", "Workers that are heard of", {}, live);
  metrics_.Set("probefarm_slots_free", "Build slots without a lease", {}, free_slots);
}

}  // namespace probefarm
