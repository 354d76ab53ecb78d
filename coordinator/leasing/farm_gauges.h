#pragma once

#include "coordinator/store/store.h"
#include "lib/metrics/metrics.h"

namespace probefarm {

// Puts the farm's present numbers on the metrics page: jobs_queued, leases_active, slots_free,
// workers_live. RunOnce() does not wait for the store. Thread-safe.
class FarmGauges {
 public:
  FarmGauges(Store& store, Metrics& metrics) : store_(store), metrics_(metrics) {}

  void RunOnce();

 private:
  void SetJobs(JobCounts const& counts);
  void SetWorkers(std::vector<WorkerRecord> const& workers);

  Store& store_;
  Metrics& metrics_;
};

}  // namespace probefarm
