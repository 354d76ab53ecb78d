#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/store/sqlite/database.h"

namespace probefarm {

// Rows of `job_orders` and `job_specs`: what was ordered, which never changes. Used inside a
// transaction; errors are SqliteStatus()'s, and NOT_FOUND when there is no such job.

struct JobOrder {
  absl::Duration run_limit;
  std::string spec;
};

// What `job` and `order` say of a job whose row has the id `id`.
absl::Status InsertOrder(Database& db, JobId id, Job const& job, JobOrder const& order);
absl::StatusOr<JobOrder> FindOrder(Database& db, JobId id);
absl::StatusOr<std::string> FindSpec(Database& db, JobId id);
// The one unfinished job for the probe; nullopt when there is none.
absl::StatusOr<std::optional<JobId>> FindUnfinished(Database& db, ProbeId const& probe);

// NOT_FOUND.
absl::Status NoSuchJob(JobId id);

}  // namespace probefarm
