#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/scheduling/lease_reconciliation.h"
#include "coordinator/store/sqlite/database.h"

namespace probefarm {

// Rows of `jobs` and `job_specs`. Used inside a transaction; errors are SqliteStatus()'s, and
// DATA_LOSS for a row that holds no job.

// "SELECT <columns of a job> FROM jobs WHERE ": what ReadJob() reads.
//
//   ReadJobs(db.Query(absl::StrCat(SelectJobsWhere(), "id > ? ORDER BY id"), after))
std::string const& SelectJobsWhere();
// The same through the index that is named. For what must not look through the queue, whose length
// SQLite does not know: it would take the index of the states. An index that does not fit the
// conditions is an error.
std::string SelectJobsBy(absl::string_view index);
// The job in the present row.
absl::StatusOr<Job> ReadJob(Statement const& row);
// Of the last change of that job.
int64_t ReadRevision(Statement const& row);
// All rows of a query that began with one of the two.
absl::StatusOr<std::vector<Job>> ReadJobs(Statement query);

// NOT_FOUND when there is none.
absl::StatusOr<Job> FindJob(Database& db, JobId id);
// NOT_FOUND too, here and below.
absl::StatusOr<std::string> FindSpec(Database& db, JobId id);
// As they were enqueued.
struct JobOrder {
  absl::Duration run_limit;
  std::string spec;
};
absl::StatusOr<JobOrder> FindOrder(Database& db, JobId id);
// The one unfinished job for the probe.
absl::StatusOr<std::optional<JobId>> FindUnfinished(Database& db, ProbeId const& probe);
// Those whose lease the session holds.
absl::StatusOr<std::vector<Job>> JobsHeldBy(Database& db, std::string const& session);
// The jobs that `keys` name, as far as there are any, whatever their epoch.
absl::StatusOr<std::vector<Job>> JobsNamed(Database& db, std::vector<LeaseKey> const& keys);

// Answers the new id; `job.id` is not looked at. ALREADY_EXISTS when the probe has an unfinished
// job: the index jobs_unfinished keeps I7, whatever the caller has looked at.
absl::StatusOr<JobId> InsertJob(Database& db, Job const& job, absl::Duration run_limit,
                                std::string const& spec);
// Writes what a transition can change. INTERNAL when the row is no longer at `before`'s state and
// epoch. So a write from a stale reading changes nothing (I4). `grant_request` is the Acquire's
// that grants it; nullopt leaves the last one.
absl::Status UpdateJob(Database& db, Job const& before, Job const& after,
                       std::optional<std::string> const& grant_request = std::nullopt);

}  // namespace probefarm
