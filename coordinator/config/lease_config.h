#pragma once

#include "absl/time/time.h"
#include "coordinator/scheduling/job_transition.h"
#include "lib/config/yaml_reader.h"

namespace probefarm {

// The timers and limits of leases.
struct LeaseConfig {
  // A worker that is not heard of for so long has lost its leases; workers heartbeat three times as
  // often and stop their builds a little before.
  absl::Duration ttl = absl::Seconds(30);  // of sessions and leases
  // Workers that ask to wait longer are answered then.
  absl::Duration acquire_wait_limit = absl::Seconds(30);  // the longest long poll
  AttemptPolicy attempts;
  friend bool operator==(LeaseConfig const&, LeaseConfig const&) = default;
};

// The mapping `leases`. Optional, with defaults for each key: `ttl` (1 s to 1 h),
// `acquire_wait_limit` (1 s to 5 min), `max_attempts`, `max_free_requeues`, `poison_losses`,
// `poison_workers`, `backoff_base` and `backoff_limit`, which is not the shorter one.
LeaseConfig ReadLeases(YamlMapping& top);

}  // namespace probefarm
