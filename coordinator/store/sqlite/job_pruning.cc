#include "coordinator/store/sqlite/job_pruning.h"

#include <array>

#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// Those that ended last come first. A failure is forgettable once the probe failed again or was
// published.
constexpr char kOver[] = R"sql(
SELECT id, updated_at FROM jobs INDEXED BY jobs_state
WHERE state IN ('failed', 'dead', 'cancelled', 'skipped')
  AND (state <> 'failed'
       OR EXISTS (SELECT 1 FROM jobs AS later
                  WHERE later.kernel_release = jobs.kernel_release
                    AND later.driver_version = jobs.driver_version
                    AND later.target = jobs.target
                    AND later.kernel_version = jobs.kernel_version
                    AND later.arch = jobs.arch AND later.kind = jobs.kind
                    AND later.state = 'failed' AND later.id > jobs.id)
       OR EXISTS (SELECT 1 FROM assets
                  WHERE assets.kernel_release = jobs.kernel_release
                    AND assets.driver_version = jobs.driver_version
                    AND assets.target = jobs.target
                    AND assets.kernel_version = jobs.kernel_version
                    AND assets.arch = jobs.arch AND assets.kind = jobs.kind
                    AND assets.job > jobs.id))
ORDER BY updated_at DESC, id DESC
)sql";

// What belongs to a job goes before it.
constexpr std::array<char const*, 4> kDeletions = {
    "DELETE FROM logs WHERE job = ?", "DELETE FROM job_specs WHERE job = ?",
    "DELETE FROM backfill_jobs WHERE job = ?", "DELETE FROM jobs WHERE id = ?"};

absl::StatusOr<bool> IsStillOver(Database& db, JobId job) {
  Statement query = db.Query(
      "SELECT 1 FROM jobs WHERE id = ? AND state IN ('failed', 'dead', 'cancelled', 'skipped') "
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
