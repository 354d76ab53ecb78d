#pragma once

#include "coordinator/store/store.h"
#include "lib/metrics/metrics.h"

namespace probefarm {

// Puts the farm's present numbers on the metrics page: jobs_queued, leases_active, slots_free,
// workers_live. RunOnce() does not wait for the store. Thread-safe. Each name begins with
// probefarm_. Leases are those of LEASED, BUILT and UPLOADING jobs; slots and workers are counted
// over live sessions, free slots as the last heartbeat had them. What cannot be read keeps its last
// value.
class FarmGauges {
 public:
  // Both must outlive the gauges, `metrics` also the store's last callback.
  FarmGauges(Store& store, Metrics& metrics) : store_(store), metrics_(metrics) {}

  // Two questions to the store; their answers set the gauges on its threads.
  void RunOnce();

 private:
  void SetJobs(JobCounts const& counts);
  void SetWorkers(std::vector<WorkerRecord> const& workers);

  Store& store_;
  Metrics& metrics_;
};

}  // namespace probefarm
