#include "coordinator/store/sqlite/job_pruning.h"

#include <array>

#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// Those that ended last come first. A failure is forgettable once the probe failed again or was
// published.
constexpr char kOver[] = R"sql(
SELECT id, updated_at FROM jobs INDEXED BY jobs_outcome CROSS JOIN job_orders AS order_ ON job = id
WHERE outcome IN ('failed', 'dead', 'cancelled', 'skipped')
  AND (outcome <> 'failed'
       OR EXISTS (SELECT 1 FROM job_orders AS later CROSS JOIN jobs AS again ON again.id = later.job
                  WHERE later.kernel_release = order_.kernel_release
                    AND later.driver_version = order_.driver_version
                    AND later.target = order_.target
                    AND later.kernel_version = order_.kernel_version
                    AND later.arch = order_.arch AND later.kind = order_.kind
                    AND again.outcome = 'failed' AND again.id > jobs.id)
       OR EXISTS (SELECT 1 FROM assets
                  WHERE assets.kernel_release = order_.kernel_release
                    AND assets.driver_version = order_.driver_version
                    AND assets.target = order_.target
                    AND assets.kernel_version = order_.kernel_version
                    AND assets.arch = order_.arch AND assets.kind = order_.kind
                    AND assets.job > jobs.id))
ORDER BY updated_at DESC, id DESC
)sql";

// What belongs to a job goes before it.
constexpr std::array<char const*, 5> kDeletions = {
    "DELETE FROM logs WHERE job = ?", "DELETE FROM job_specs WHERE job = ?",
    "DELETE FROM job_orders WHERE job = ?", "DELETE FROM backfill_jobs WHERE job = ?",
    "DELETE FROM jobs WHERE id = ?"};

absl::StatusOr<bool> IsStillOver(Database& db, JobId job) {
  Statement query = db.Query(
      "SELECT 1 FROM jobs WHERE id = ? AND outcome IN ('failed', 'dead', 'cancelled', 'skipped') "
      "AND revision < (SELECT MAX(revision) FROM jobs)",
      job);
  bool const over = query.Step();
  RETURN_IF_ERROR(query.status());
  return over;
}

}  // namespace

absl::StatusOr<std::vector<JobId>> FindForgettable(Database& db, Retention const& retention,
                                                   int limit, absl::Time now) {
  Statement query = db.Query(kOver);
  std::vector<JobId> found;
  int64_t kept = 0;
  while (found.size() < static_cast<size_t>(limit) && query.Step()) {
    if (kept < retention.count && now - query.Time(1) <= retention.age) {
      ++kept;
    } else {
      found.push_back(query.Int(0));
    }
  }
  RETURN_IF_ERROR(query.status());
  return found;
}

absl::StatusOr<int64_t> ForgetJobs(Database& db, std::vector<JobId> const& jobs) {
  int64_t forgotten = 0;
  for (JobId const job : jobs) {
    ASSIGN_OR_RETURN(bool const over, IsStillOver(db, job));
    if (!over) continue;
    for (char const* const deletion : kDeletions) RETURN_IF_ERROR(db.Run(deletion, job));
    ++forgotten;
  }
  return forgotten;
}

}  // namespace probefarm
