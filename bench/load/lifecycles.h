#pragma once

#include <string>

#include "absl/time/time.h"

namespace probefarm {

struct LifecycleLoad {
  std::string address;
  int in_flight = 64;  // workers, each of which enqueues jobs, takes them and reports them
  int enqueue_by = 1;  // jobs of an Enqueue
  int lease_by = 1;    // leases of an Acquire
  absl::Duration time = absl::Seconds(3);
};

// Jobs a second that were enqueued, leased and finally reported, each answered before the next
// call. Throws std::runtime_error when a call fails.
double MeasureLifecycles(LifecycleLoad const& load);

}  // namespace probefarm
