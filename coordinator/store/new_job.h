#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/store/records.h"

namespace probefarm {

// INVALID_ARGUMENT naming the field when `job` cannot be enqueued: a driver version or file name
// that cannot stand in a URL, an empty spec, a limit that is not positive. Pure. Does not look into
// the spec: that is MakeSpec()'s to get right.
absl::Status CheckNewJob(NewJob const& job);

// The job as it enters the queue, without its id. Pure. Grantable at once, in epoch 0.
Job QueuedJob(NewJob const& job, absl::Time now);

}  // namespace probefarm
