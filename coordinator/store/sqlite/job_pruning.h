#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/database.h"

namespace probefarm {

// Store::Prune() in two steps: the search, which may look at every job that is over, on a reader's
// connection; the deletion in a transaction of the writer.

// Up to `limit` jobs that may be forgotten.
absl::StatusOr<std::vector<JobId>> FindForgettable(Database& db, Retention const& retention,
                                                   int limit, absl::Time now);
// Those of `jobs` that are still over, with spec and logs; answers how many. The job that changed
// last stays, whatever it is: revisions go on from its own.
absl::StatusOr<int64_t> ForgetJobs(Database& db, std::vector<JobId> const& jobs);

}  // namespace probefarm
