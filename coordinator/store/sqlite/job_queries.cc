#include "coordinator/store/sqlite/job_queries.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/store/page_cursor.h"
#include "coordinator/store/sqlite/catalog_rows.h"
#include "coordinator/store/sqlite/job_rows.h"
#include "coordinator/store/sqlite/probe_columns.h"
#include "coordinator/store/sqlite/row_filter.h"
#include "coordinator/store/sqlite/session_rows.h"
#include "coordinator/store/sqlite/withdrawal_rows.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::StatusOr<std::vector<FailedBuild>> FailedBuilds(Database& db, ProbeId const& probe) {
  Statement query = db.Query(
      absl::StrCat("SELECT DISTINCT fingerprint, reason_code, memory_bytes, run_limit FROM "
                   "job_orders INDEXED BY job_orders_probe CROSS JOIN jobs ON id = job CROSS JOIN "
                   "requirement_sets ON number = requirements WHERE ",
                   kProbeIs, " AND outcome = 'failed' ORDER BY 1, 2, 3, 4"));
  BindProbe(query, probe);
  std::vector<FailedBuild> failed;
  while (query.Step())
    failed.push_back(
        {query.Text(0), query.Text(1), query.Int(2), absl::Microseconds(query.Int(3))});
  RETURN_IF_ERROR(query.status());
  return failed;
}

absl::StatusOr<ProbeKnowledge> FindProbe(Database& db, ProbeId const& probe) {
  ProbeKnowledge known;
  ASSIGN_OR_RETURN(known.unfinished, FindUnfinished(db, probe));
  ASSIGN_OR_RETURN(known.failed, FailedBuilds(db, probe));
  ASSIGN_OR_RETURN(std::optional<PublishedAsset> const asset, FindAssetOfProbe(db, probe));
  if (asset) {
    known.sha256 = asset->sha256;
    known.published = asset->presence == AssetPresence::kPresent;
  }
  ASSIGN_OR_RETURN(known.withdrawn, FindWithdrawn(db, probe));
  return known;
}

absl::StatusOr<JobCounts> ReadCounts(Statement query) {
  JobCounts counts;
  while (query.Step()) {
    std::optional<JobState> const state = ParseJobState(query.Text(0));
    if (!state) return absl::DataLossError(absl::StrCat("no state of a job: ", query.Text(0)));
    counts[*state] = query.Int(1);
  }
  RETURN_IF_ERROR(query.status());
  return counts;
}

bool IsEmpty(JobFilter const& filter) {
  return filter.states.empty() && filter.driver_version.empty() && filter.target.empty() &&
         filter.kernel_regex.empty() && !filter.kind && !filter.arch && !filter.backfill;
}

// Of two narrow indexes, at one moment: what is not over is queued when it is not active.
absl::StatusOr<JobCounts> CountAllJobs(Database& db) {
  static std::string const select = absl::StrCat(
      "SELECT COALESCE(outcome, 'queued'), COUNT(*) FROM jobs INDEXED BY jobs_outcome GROUP BY "
      "outcome UNION ALL SELECT state, COUNT(*) FROM jobs INDEXED BY jobs_active WHERE ",
      kIsActive, " GROUP BY state");
  ASSIGN_OR_RETURN(JobCounts counts, ReadCounts(db.Query(select)));
  int64_t active = 0;
  for (auto const& [state, count] : counts) active += IsActive(state) ? count : 0;
  if (active > 0 && (counts[JobState::kQueued] -= active) == 0) counts.erase(JobState::kQueued);
  return counts;
}

}  // namespace

absl::StatusOr<JobPage> ListJobs(Database& db, JobFilter const& filter, PageRequest const& page) {
  ASSIGN_OR_RETURN(std::optional<int64_t> const after, ParsePage(page));
  ASSIGN_OR_RETURN(RowFilter where, FilterOf(filter));
  if (after) where.And("id < ?", *after);
  std::string const select =
      where.index().empty() ? SelectJobsWhere() : SelectJobsBy(where.index());
  Statement query = db.Query(absl::StrCat(select, where.sql(), " ORDER BY id DESC LIMIT ?"));
  where.BindTo(query);
  query.Bind(int64_t{page.limit} + 1);  // one more tells whether there is another page
  JobPage result;
  ASSIGN_OR_RETURN(result.jobs, ReadJobs(std::move(query)));
  if (static_cast<int64_t>(result.jobs.size()) > page.limit) {
    result.jobs.pop_back();
    result.next_cursor = CursorAfter(result.jobs.back().id);
  }
  return result;
}

absl::StatusOr<JobCounts> CountJobs(Database& db, JobFilter const& filter) {
  if (IsEmpty(filter)) return CountAllJobs(db);
  ASSIGN_OR_RETURN(RowFilter const where, FilterOf(filter));
  // A LEFT JOIN is left out by SQLite where the filter does not need it.
  Statement query =
      db.Query(absl::StrCat("SELECT state, COUNT(*) FROM jobs LEFT JOIN job_orders ON "
                            "job_orders.job = id WHERE ",
                            where.sql(), " GROUP BY state"));
  where.BindTo(query);
  return ReadCounts(std::move(query));
}

absl::StatusOr<int64_t> CountAhead(Database& db, JobId id) {
  ASSIGN_OR_RETURN(Job const job, FindJob(db, id));
  Statement query = db.Query("SELECT COUNT(*) FROM ready_jobs WHERE lane = ? AND job < ?",
                             static_cast<int64_t>(job.lane), id);
  int64_t const ahead = query.Step() ? query.Int(0) : 0;
  RETURN_IF_ERROR(query.status());
  return ahead;
}

absl::StatusOr<JobChanges> ListChanges(Database& db, JobFilter const& filter,
                                       std::optional<int64_t> after, int limit) {
  RETURN_IF_ERROR(CheckChangesLimit(limit));
  ASSIGN_OR_RETURN(RowFilter where, FilterOf(filter));
  Statement present = db.Query("SELECT MAX(revision) FROM jobs");
  JobChanges result{{}, present.Step() ? present.Int(0) : 0};
  RETURN_IF_ERROR(present.status());
  if (!after) return result;
  where.And("revision > ?", *after);
  Statement query = db.Query(
      absl::StrCat(SelectJobsBy("jobs_revision"), where.sql(), " ORDER BY revision LIMIT ?"));
  where.BindTo(query);
  query.Bind(limit);
  while (query.Step()) {
    ASSIGN_OR_RETURN(Job job, ReadJob(query));
    result.changes.push_back({ReadRevision(query), std::move(job)});
  }
  RETURN_IF_ERROR(query.status());
  if (result.changes.size() == static_cast<size_t>(limit))
    result.revision = result.changes.back().revision;
  return result;
}

absl::StatusOr<std::vector<ProbeKnowledge>> FindProbes(Database& db,
                                                       std::vector<ProbeId> const& probes) {
  std::vector<ProbeKnowledge> all;
  all.reserve(probes.size());
  for (ProbeId const& probe : probes) {
    ASSIGN_OR_RETURN(ProbeKnowledge known, FindProbe(db, probe));
    all.push_back(std::move(known));
  }
  return all;
}

absl::StatusOr<std::vector<WorkerRecord>> ListWorkers(Database& db, SessionClock const& sessions) {
  ASSIGN_OR_RETURN(std::vector<SessionRow> const rows, LastSessions(db));
  std::vector<WorkerRecord> workers;
  for (SessionRow const& row : rows) {
    ASSIGN_OR_RETURN(std::vector<Job> leases, JobsHeldBy(db, row.session));
    auto const heard = sessions.Find(row.session).value_or(SessionClock::Entry{row.opened_at});
    workers.push_back({row.worker, row.session, row.capabilities, row.slots, heard.free_slots,
                       heard.last_heard, !row.ended, std::move(leases)});
    workers.back().capabilities.free_disk_bytes = heard.free_disk_bytes;
  }
  return workers;
}

}  // namespace probefarm
