#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/database.h"

namespace probefarm {

// Rows of `log_bundles`, and which of them an asset's log is in. Used inside a transaction. Each
// means what the call of its name in store.h does.
absl::StatusOr<std::vector<WaitingLogs>> ListWaitingLogs(Database& db);
absl::StatusOr<std::vector<LogBundle>> ListLogBundles(Database& db, ReleaseKey const& release);
absl::StatusOr<bool> PlanLogBundle(Database& db, ReleaseKey const& release, LogBundle const& bundle,
                                   std::vector<BundledLog> const& logs);
absl::StatusOr<bool> LogBundleHeld(Database& db, ReleaseKey const& release, int number,
                                   absl::Time now);
absl::StatusOr<bool> AdoptLogBundles(Database& db, ReleaseKey const& release,
                                     std::vector<LogBundle> const& bundles, absl::Time now);
absl::StatusOr<bool> DropBundledLogs(Database& db, absl::Time before);

// OK unless the log of the job was dropped so.
absl::Status CheckLogIsHere(Database& db, Job const& job, int64_t epoch);

}  // namespace probefarm
