#pragma once

#include "absl/status/status.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/store/sqlite/database.h"

namespace probefarm {

// Rows of `ready_jobs`: who may be granted now, by lane, driver version, requirements and id. Used
// inside a transaction; errors are SqliteStatus()'s.

// `id` has a row in `job_orders`, and none here.
absl::Status InsertReady(Database& db, JobId id);
// Nothing to do when it is not there.
absl::Status DeleteReady(Database& db, Job const& job);

}  // namespace probefarm
