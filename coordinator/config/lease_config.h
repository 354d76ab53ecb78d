#pragma once

#include "absl/time/time.h"
#include "coordinator/scheduling/job_transition.h"
#include "lib/config/yaml_reader.h"

namespace probefarm {

// The timers and limits of leases.
struct LeaseConfig {
  absl::Duration ttl = absl::Seconds(30);                 // of sessions and leases
  absl::Duration acquire_wait_limit = absl::Seconds(30);  // the longest long poll
  AttemptPolicy attempts;
  friend bool operator==(LeaseConfig const&, LeaseConfig const&) = default;
};

// The mapping `leases`.
LeaseConfig ReadLeases(YamlMapping& top);

}  // namespace probefarm
