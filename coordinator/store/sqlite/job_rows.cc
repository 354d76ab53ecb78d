#include "coordinator/store/sqlite/job_rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "coordinator/store/sqlite/probe_columns.h"
#include "coordinator/store/sqlite/ready_rows.h"
#include "coordinator/store/sqlite/requirement_sets.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// A line for each worker: ids hold no control characters (CheckNewSession).
std::string JoinWorkers(std::vector<std::string> const& workers) {
  return absl::StrJoin(workers, "\n");
}

std::vector<std::string> SplitWorkers(std::string const& text) {
  if (text.empty()) return {};
  return absl::StrSplit(text, '\n');
}

std::optional<std::string> NullIfEmpty(std::string const& text) {
  return text.empty() ? std::nullopt : std::make_optional(text);
}

bool IsReady(Job const& job) {
  return job.state == JobState::kQueued && job.not_before <= job.updated_at;
}

std::optional<absl::Time> WaitsUntil(Job const& job) {
  if (job.state != JobState::kQueued || IsReady(job)) return std::nullopt;
  return job.not_before;
}

std::optional<std::string> Outcome(JobState state) {
  if (!IsFinal(state)) return std::nullopt;
  return std::string(JobStateName(state));
}

void BindArtifact(Statement& statement, std::optional<Artifact> const& artifact) {
  statement.Bind(artifact ? std::make_optional(artifact->sha256) : std::nullopt);
  statement.Bind(artifact ? std::make_optional(artifact->size) : std::nullopt);
}

// After the id, the probe and the requirements.
constexpr char kJobColumns[] =
    ", file_name, fingerprint, lane, created_at, state, epoch, session, worker, not_before, "
    "run_deadline, attempts, free_requeues, lost_workers, artifact_sha256, artifact_size, "
    "reason_code, reason_text, updated_at, revision FROM jobs";

std::string SelectJobs(absl::string_view index) {
  return absl::StrCat("SELECT id, ", kProbeColumns, ", ", kRequirementColumns, kJobColumns, index,
                      " CROSS JOIN job_orders ON job_orders.job = id CROSS JOIN requirement_sets "
                      "ON number = requirements WHERE ");
}

// One statement that changes a job takes the next revision. Nothing forgets the greatest one: see
// job_pruning.
constexpr char kNextRevision[] = "(SELECT COALESCE(MAX(revision), 0) + 1 FROM jobs)";

// What a transition can change, in the order of kMutable.
constexpr char kMutable[] =
    "state, waits_until, epoch, session, worker, not_before, run_deadline, attempts, "
    "free_requeues, "
    "lost_workers, artifact_sha256, artifact_size, reason_code, reason_text, updated_at";

void BindMutable(Statement& statement, Job const& job) {
  statement.Bind(JobStateName(job.state));
  statement.Bind(WaitsUntil(job));
  statement.Bind(job.epoch);
  statement.Bind(NullIfEmpty(job.session));
  statement.Bind(job.worker);
  statement.Bind(job.not_before);
  statement.Bind(job.run_deadline);
  statement.Bind(job.attempts);
  statement.Bind(job.free_requeues);
  statement.Bind(JoinWorkers(job.lost_workers));
  BindArtifact(statement, job.artifact);
  statement.Bind(job.reason.code);
  statement.Bind(job.reason.text);
  statement.Bind(job.updated_at);
}

// `more`: a further assignment. The grant's request is kept where there is no new one.
std::string UpdateText(absl::string_view more) {
  return absl::StrCat("UPDATE jobs SET (", kMutable, ") = (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                      ", grant_request = COALESCE(?, grant_request), revision = ", kNextRevision,
                      more, " WHERE id = ? AND epoch = ? AND state = ?");
}

void ReadLease(Statement const& row, Job& job) {
  job.epoch = row.Int(17);
  job.session = row.Text(18);
  job.worker = row.Text(19);
  job.not_before = row.Time(20);
  job.run_deadline = row.Time(21);
}

void ReadCounters(Statement const& row, Job& job) {
  job.attempts = static_cast<int>(row.Int(22));
  job.free_requeues = static_cast<int>(row.Int(23));
  job.lost_workers = SplitWorkers(row.Text(24));
  if (!row.IsNull(25)) job.artifact = Artifact{row.Text(25), row.Int(26)};
  job.reason = {row.Text(27), row.Text(28)};
  job.updated_at = row.Time(29);
}

}  // namespace

bool IsActive(JobState state) { return !IsFinal(state) && state != JobState::kQueued; }

std::string const& SelectJobsWhere() {
  static std::string const select = SelectJobs("");
  return select;
}

std::string SelectJobsBy(absl::string_view index) {
  return SelectJobs(absl::StrCat(" INDEXED BY ", index));
}

absl::StatusOr<Job> ReadJob(Statement const& row) {
  Job job;
  job.id = row.Int(0);
  ASSIGN_OR_RETURN(job.probe, ReadProbe(row, 1));
  ASSIGN_OR_RETURN(job.requirements, ReadRequirements(row, 7));
  job.file_name = row.Text(12);
  job.fingerprint = row.Text(13);
  job.lane = row.Int(14) == 0 ? Lane::kNewKernels : Lane::kBackfill;
  job.created_at = row.Time(15);
  std::optional<JobState> const state = ParseJobState(row.Text(16));
  if (!state) {
    return absl::DataLossError(
        absl::StrCat("row of job ", job.id, " holds no job: state '", row.Text(16), "'"));
  }
  job.state = *state;
  ReadLease(row, job);
  ReadCounters(row, job);
  return job;
}

int64_t ReadRevision(Statement const& row) { return row.Int(30); }

absl::StatusOr<std::vector<Job>> ReadJobs(Statement query) {
  std::vector<Job> jobs;
  while (query.Step()) {
    ASSIGN_OR_RETURN(Job job, ReadJob(query));
    jobs.push_back(std::move(job));
  }
  RETURN_IF_ERROR(query.status());
  return jobs;
}

absl::StatusOr<Job> FindJob(Database& db, JobId id) {
  static std::string const select = absl::StrCat(SelectJobsWhere(), "id = ?");
  Statement query = db.Query(select, id);
  if (query.Step()) return ReadJob(query);
  RETURN_IF_ERROR(query.status());
  return NoSuchJob(id);
}

absl::StatusOr<std::vector<Job>> JobsHeldBy(Database& db, std::string const& session) {
  static std::string const select =
      absl::StrCat(SelectJobsBy("jobs_active"), kIsActive, " AND session = ?");
  return ReadJobs(db.Query(select, session));
}

absl::StatusOr<std::vector<Job>> JobsNamed(Database& db, std::vector<LeaseKey> const& keys) {
  std::vector<Job> named;
  for (LeaseKey const& key : keys) {
    absl::StatusOr<Job> job = FindJob(db, key.job);
    if (absl::IsNotFound(job.status())) continue;
    RETURN_IF_ERROR(job.status());
    named.push_back(*std::move(job));
  }
  return named;
}

absl::StatusOr<JobId> InsertJob(Database& db, Job const& job, JobOrder const& order) {
  static std::string const text =
      absl::StrCat("INSERT INTO jobs(", kMutable,
                   ", revision) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?, ", kNextRevision, ")");
  Statement insert = db.Query(text);
  BindMutable(insert, job);
  RETURN_IF_ERROR(insert.Run());
  JobId const id = db.LastRowId();
  RETURN_IF_ERROR(InsertOrder(db, id, job, order));
  if (IsReady(job)) RETURN_IF_ERROR(InsertReady(db, id));
  return id;
}

absl::Status UpdateJob(Database& db, Job const& before, Job const& after,
                       std::optional<std::string> const& grant_request) {
  static std::string const move = UpdateText("");
  static std::string const end = UpdateText(", outcome = ?");
  bool const ends = IsFinal(before.state) != IsFinal(after.state);
  Statement update = db.Query(ends ? end : move);
  BindMutable(update, after);
  update.Bind(grant_request);
  if (ends) update.Bind(Outcome(after.state));
  update.Bind(before.id);
  update.Bind(before.epoch);
  update.Bind(JobStateName(before.state));
  RETURN_IF_ERROR(update.Run());
  if (db.Changes() != 1) {
    return absl::InternalError(
        absl::StrCat("job ", before.id, " changed while it was being changed"));
  }
  if (before.state == JobState::kQueued) RETURN_IF_ERROR(DeleteReady(db, before));
  return IsReady(after) ? InsertReady(db, after.id) : absl::OkStatus();
}

absl::Status MakeReady(Database& db, JobId id) {
  RETURN_IF_ERROR(db.Run("UPDATE jobs SET waits_until = NULL WHERE id = ?", id));
  return InsertReady(db, id);
}

}  // namespace probefarm
