#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/database.h"
#include "coordinator/store/sqlite/session_clock.h"

namespace probefarm {

// The questions of Store about jobs and workers, each on one snapshot. See store.h.

absl::StatusOr<JobPage> ListJobs(Database& db, JobFilter const& filter, PageRequest const& page);
absl::StatusOr<JobCounts> CountJobs(Database& db, JobFilter const& filter);
absl::StatusOr<int64_t> CountAhead(Database& db, JobId id);
absl::StatusOr<JobChanges> ListChanges(Database& db, JobFilter const& filter,
                                       std::optional<int64_t> after, int limit);
absl::StatusOr<std::vector<ProbeKnowledge>> FindProbes(Database& db,
                                                       std::vector<ProbeId> const& probes);
// A session that the clock does not know was heard of when it was opened.
absl::StatusOr<std::vector<WorkerRecord>> ListWorkers(Database& db, SessionClock const& sessions);

}  // namespace probefarm
