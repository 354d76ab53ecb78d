#include "coordinator/store/sqlite/backfill_rows.h"

#include "absl/strings/str_cat.h"
#include "coordinator/store/sqlite/job_queries.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::StatusOr<std::string> FindDescription(Database& db, BackfillId id) {
  Statement query = db.Query("SELECT description FROM backfills WHERE id = ?", id);
  if (query.Step()) return query.Text(0);
  RETURN_IF_ERROR(query.status());
  return absl::NotFoundError(absl::StrCat("no backfill ", id));
}

// CROSS JOIN keeps the order of the joins: from the backfill, never from the whole catalog.
constexpr char kStaleReleases[] =
    "SELECT COUNT(*) FROM releases WHERE revision > written_revision AND (repository, tag) IN ("
    "SELECT assets.repository, assets.tag FROM backfill_jobs CROSS JOIN job_orders USING (job) "
    "CROSS JOIN assets USING (driver_version, arch, target, kernel_release, kernel_version, kind) "
    "WHERE backfill_jobs.backfill = ?)";

absl::StatusOr<int64_t> CountStaleReleases(Database& db, BackfillId id) {
  Statement query = db.Query(kStaleReleases, id);
  int64_t const count = query.Step() ? query.Int(0) : 0;
  RETURN_IF_ERROR(query.status());
  return count;
}

}  // namespace

absl::StatusOr<BackfillId> InsertBackfill(Database& db, std::string const& description,
                                          absl::Time now) {
  RETURN_IF_ERROR(
      db.Run("INSERT INTO backfills(description, created_at) VALUES (?, ?)", description, now));
  return db.LastRowId();
}

absl::Status CheckBackfill(Database& db, BackfillId id) { return FindDescription(db, id).status(); }

absl::Status AddToBackfill(Database& db, BackfillId id, JobId job) {
  return db.Run("INSERT OR IGNORE INTO backfill_jobs(backfill, job) VALUES (?, ?)", id, job);
}

absl::StatusOr<BackfillProgress> ReadBackfill(Database& db, BackfillId id) {
  BackfillProgress progress;
  progress.id = id;
  ASSIGN_OR_RETURN(progress.description, FindDescription(db, id));
  JobFilter filter;
  filter.backfill = id;
  ASSIGN_OR_RETURN(progress.counts, CountJobs(db, filter));
  ASSIGN_OR_RETURN(progress.stale_releases, CountStaleReleases(db, id));
  return progress;
}

}  // namespace probefarm
