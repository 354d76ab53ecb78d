#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "coordinator/scheduling/job_transition.h"

namespace probefarm {

// What the deciding part of every store is set to. Constant for the life of a store.
struct StorePolicy {
  AttemptPolicy attempts;
  // Beyond it bytes are dropped and a notice ends the log; see PlanLogAppend().
  int64_t max_log_bytes = int64_t{16} << 20;  // of one run
  // How old a lease must be before a heartbeat that does not name it takes it back.
  absl::Duration unheard_grace = absl::Seconds(30);
  // Grants that may pass the backfill over before it is served once. See LaneOrder.
  int backfill_patience = 10;
};

}  // namespace probefarm
