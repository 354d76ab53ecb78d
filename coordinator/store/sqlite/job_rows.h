#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/scheduling/lease_reconciliation.h"
#include "coordinator/store/sqlite/database.h"
#include "coordinator/store/sqlite/order_rows.h"

namespace probefarm {

// Rows of `jobs`: what moves. Used inside a transaction; errors are SqliteStatus()'s, and
// DATA_LOSS for a row that holds no job.

// "SELECT <columns of a job> FROM <jobs, their orders and requirements> WHERE ": what ReadJob()
// reads. Orders are looked up for each job, never the other way round.
//
//   ReadJobs(db.Query(absl::StrCat(SelectJobsWhere(), "id > ? ORDER BY id"), after))
std::string const& SelectJobsWhere();
// The same through the index of jobs that is named. For what must not look through the queue, whose
// length SQLite does not know. An index that does not fit the conditions is an error.
std::string SelectJobsBy(absl::string_view index);
// Those that are neither queued nor over: the condition of the index jobs_active. Whoever holds a
// lease has its job among them.
inline constexpr char kIsActive[] = "outcome IS NULL AND state <> 'queued'";
bool IsActive(JobState state);
// The job in the present row.
absl::StatusOr<Job> ReadJob(Statement const& row);
// Of the last change of that job.
int64_t ReadRevision(Statement const& row);
// All rows of a query that began with one of the two.
absl::StatusOr<std::vector<Job>> ReadJobs(Statement query);

// NOT_FOUND when there is none.
absl::StatusOr<Job> FindJob(Database& db, JobId id);
// Those whose lease the session holds.
absl::StatusOr<std::vector<Job>> JobsHeldBy(Database& db, std::string const& session);
// The jobs that `keys` name, as far as there are any, whatever their epoch.
absl::StatusOr<std::vector<Job>> JobsNamed(Database& db, std::vector<LeaseKey> const& keys);

// Answers the new id; `job.id` is not looked at. That the probe has no unfinished job (I7) the
// caller has seen in the same transaction: there is one writer.
absl::StatusOr<JobId> InsertJob(Database& db, Job const& job, JobOrder const& order);
// Writes what a transition can change, and whether the job is ready. INTERNAL when the row is no
// longer at `before`'s state and epoch. So a write from a stale reading changes nothing (I4).
// `grant_request` is the Acquire's that grants it; nullopt leaves the last one.
absl::Status UpdateJob(Database& db, Job const& before, Job const& after,
                       std::optional<std::string> const& grant_request = std::nullopt);
// A queued job's backoff is over.
absl::Status MakeReady(Database& db, JobId id);

}  // namespace probefarm
