#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/write_context.h"

namespace probefarm {

// The calls of Store that bring jobs and move them without a lease, each inside one transaction.

// Answers of an idempotency key are kept for a week. Jobs that are new become ready at once. An
// error of the database undoes the whole batch; a bad entry is an answer.
absl::StatusOr<std::vector<absl::StatusOr<EnqueuedJob>>> EnqueueJobs(WriteContext& context,
                                                                     EnqueueBatch const& batch);
// See Store::ApplyToJob().
absl::StatusOr<Job> ApplyToJob(WriteContext& context, JobId id, std::optional<int64_t> if_epoch,
                               JobEvent const& event);

}  // namespace probefarm
