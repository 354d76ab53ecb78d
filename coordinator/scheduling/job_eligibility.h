#pragma once

#include <optional>

#include "absl/time/time.h"
#include "coordinator/scheduling/job.h"

namespace probefarm {

// The first requirement that `capabilities` do not meet, in words for the one who asks why a job
// does not run; nullopt when they meet all. Pure. Codes are "arch", "memory", "label", "builder"
// and "disk". One slot must have the memory that one build needs; how many slots are free does not
// matter here. Free disk counts as the worker told it: builds that it runs are not taken off.
std::optional<Reason> UnmetRequirement(Requirements const& requirements,
                                       Capabilities const& capabilities);

// Whether `job` may be granted now to a worker with `capabilities`: it is queued, its `not_before`
// has come, and every requirement is met. Pure. The turn of the job among others is LaneOrder's.
bool IsGrantable(Job const& job, Capabilities const& capabilities, absl::Time now);

}  // namespace probefarm
