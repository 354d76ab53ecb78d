#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/database.h"

namespace probefarm {

// Rows of `backfills` and `backfill_jobs`. Used inside a transaction.

// Without jobs; answers the new id, from 1 on.
absl::StatusOr<BackfillId> InsertBackfill(Database& db, std::string const& description,
                                          absl::Time now);
// NOT_FOUND when there is none.
absl::Status CheckBackfill(Database& db, BackfillId id);
// Once or more often. Both rows must be there.
absl::Status AddToBackfill(Database& db, BackfillId id, JobId job);
// NOT_FOUND when there is none. Counts over the jobs that the backfill has, joined ones too.
absl::StatusOr<BackfillProgress> ReadBackfill(Database& db, BackfillId id);

}  // namespace probefarm
