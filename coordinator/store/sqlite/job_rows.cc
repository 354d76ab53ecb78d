#include "coordinator/store/sqlite/job_rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "coordinator/store/sqlite/label_column.h"
#include "coordinator/store/sqlite/probe_columns.h"
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

void BindArtifact(Statement& statement, std::optional<Artifact> const& artifact) {
  statement.Bind(artifact ? std::make_optional(artifact->sha256) : std::nullopt);
  statement.Bind(artifact ? std::make_optional(artifact->size) : std::nullopt);
}

// After the id and the probe.
constexpr char kJobColumns[] =
    ", file_name, fingerprint, memory_bytes, lane, state, epoch, session, worker, not_before, "
    "run_deadline, attempts, free_requeues, lost_workers, artifact_sha256, artifact_size, "
    "reason_code, reason_text, created_at, updated_at, needs_arch, revision, needs_labels FROM "
    "jobs";

// One statement that changes a job takes the next revision. Nothing forgets the greatest one: see
// job_pruning.
constexpr char kNextRevision[] = "(SELECT COALESCE(MAX(revision), 0) + 1 FROM jobs)";

// What a transition can change, in the order of kMutable.
constexpr char kMutable[] =
    "state, ready, epoch, session, worker, not_before, run_deadline, attempts, free_requeues, "
    "lost_workers, artifact_sha256, artifact_size, reason_code, reason_text, updated_at";

void BindMutable(Statement& statement, Job const& job) {
  statement.Bind(JobStateName(job.state));
  statement.Bind(IsReady(job));
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
  job.epoch = row.Int(12);
  job.session = row.Text(13);
  job.worker = row.Text(14);
  job.not_before = row.Time(15);
  job.run_deadline = row.Time(16);
}

void ReadCounters(Statement const& row, Job& job) {
  job.attempts = static_cast<int>(row.Int(17));
  job.free_requeues = static_cast<int>(row.Int(18));
  job.lost_workers = SplitWorkers(row.Text(19));
  if (!row.IsNull(20)) job.artifact = Artifact{row.Text(20), row.Int(21)};
  job.reason = {row.Text(22), row.Text(23)};
  job.created_at = row.Time(24);
  job.updated_at = row.Time(25);
}

absl::Status NoSuchJob(JobId id) { return absl::NotFoundError(absl::StrCat("no job ", id)); }

}  // namespace

std::string const& SelectJobsWhere() {
  static std::string const select =
      absl::StrCat("SELECT id, ", kProbeColumns, kJobColumns, " WHERE ");
  return select;
}

std::string SelectJobsBy(absl::string_view index) {
  return absl::StrCat("SELECT id, ", kProbeColumns, kJobColumns, " INDEXED BY ", index, " WHERE ");
}

absl::StatusOr<Job> ReadJob(Statement const& row) {
  Job job;
  job.id = row.Int(0);
  ASSIGN_OR_RETURN(job.probe, ReadProbe(row, 1));
  job.file_name = row.Text(7);
  job.fingerprint = row.Text(8);
  absl::StatusOr<Arch> const needs_arch = ParseArch(row.Text(26));
  job.lane = row.Int(10) == 0 ? Lane::kNewKernels : Lane::kBackfill;
  std::optional<JobState> const state = ParseJobState(row.Text(11));
  if (!state || !needs_arch.ok()) {
    return absl::DataLossError(absl::StrCat("row of job ", job.id, " holds no job: state '",
                                            row.Text(11), "', needs_arch '", row.Text(26), "'"));
  }
  job.requirements = {*needs_arch, row.Int(9), ReadLabels(row.Text(28))};
  job.state = *state;
  ReadLease(row, job);
  ReadCounters(row, job);
  return job;
}

int64_t ReadRevision(Statement const& row) { return row.Int(27); }

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

absl::StatusOr<std::string> FindSpec(Database& db, JobId id) {
  Statement query = db.Query("SELECT spec FROM job_specs WHERE job = ?", id);
  if (query.Step()) return query.Text(0);
  RETURN_IF_ERROR(query.status());
  return NoSuchJob(id);
}

absl::StatusOr<JobOrder> FindOrder(Database& db, JobId id) {
  Statement query =
      db.Query("SELECT run_limit, spec FROM jobs JOIN job_specs ON job = id WHERE id = ?", id);
  if (query.Step()) return JobOrder{absl::Microseconds(query.Int(0)), query.Text(1)};
  RETURN_IF_ERROR(query.status());
  return NoSuchJob(id);
}

absl::StatusOr<std::optional<JobId>> FindUnfinished(Database& db, ProbeId const& probe) {
  static std::string const select = absl::StrCat(
      "SELECT id FROM jobs INDEXED BY jobs_unfinished WHERE ", kProbeIs, " AND unfinished = 1");
  Statement query = db.Query(select);
  BindProbe(query, probe);
  std::optional<JobId> id;
  if (query.Step()) id = query.Int(0);
  RETURN_IF_ERROR(query.status());
  return id;
}

absl::StatusOr<std::vector<Job>> JobsHeldBy(Database& db, std::string const& session) {
  static std::string const select = absl::StrCat(SelectJobsBy("jobs_held"), "session = ?");
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

absl::StatusOr<JobId> InsertJob(Database& db, Job const& job, absl::Duration run_limit,
                                std::string const& spec) {
  static std::string const text =
      absl::StrCat("INSERT INTO jobs(", kProbeColumns,
                   ", file_name, fingerprint, needs_arch, memory_bytes, lane, run_limit, "
                   "created_at, needs_labels, ",
                   kMutable,
                   ", unfinished, revision) VALUES (?,?,?,?,?,?, ?,?,?,?,?,?,?,?, "
                   "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?, "
                   "1, ",
                   kNextRevision, ")");
  Statement insert = db.Query(text);
  BindProbe(insert, job.probe);
  insert.Bind(job.file_name);
  insert.Bind(job.fingerprint);
  insert.Bind(ArchName(job.requirements.arch));
  insert.Bind(job.requirements.memory_bytes);
  insert.Bind(static_cast<int>(job.lane));
  insert.Bind(absl::ToInt64Microseconds(run_limit));
  insert.Bind(job.created_at);
  insert.Bind(LabelText(job.requirements.labels));
  BindMutable(insert, job);
  RETURN_IF_ERROR(insert.Run());
  JobId const id = db.LastRowId();
  RETURN_IF_ERROR(db.Run("INSERT INTO job_specs(job, spec) VALUES (?, ?)", id, spec));
  return id;
}

absl::Status UpdateJob(Database& db, Job const& before, Job const& after,
                       std::optional<std::string> const& grant_request) {
  static std::string const move = UpdateText("");
  static std::string const finish = UpdateText(", unfinished = NULL");
  static std::string const revive = UpdateText(", unfinished = 1");
  bool const same = IsFinal(before.state) == IsFinal(after.state);
  Statement update = db.Query(same ? move : IsFinal(after.state) ? finish : revive);
  BindMutable(update, after);
  update.Bind(grant_request);
  update.Bind(before.id);
  update.Bind(before.epoch);
  update.Bind(JobStateName(before.state));
  RETURN_IF_ERROR(update.Run());
  if (db.Changes() == 1) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("job ", before.id, " changed while it was being changed"));
}

}  // namespace probefarm
