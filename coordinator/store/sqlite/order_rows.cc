#include "coordinator/store/sqlite/order_rows.h"

#include "absl/strings/str_cat.h"
#include "coordinator/store/sqlite/probe_columns.h"
#include "coordinator/store/sqlite/requirement_sets.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

absl::Status NoSuchJob(JobId id) { return absl::NotFoundError(absl::StrCat("no job ", id)); }

absl::Status InsertOrder(Database& db, JobId id, Job const& job, JobOrder const& order) {
  static std::string const text =
      absl::StrCat("INSERT INTO job_orders(", kProbeColumns,
                   ", job, file_name, fingerprint, requirements, lane, run_limit, created_at) "
                   "VALUES (?,?,?,?,?,?, ?,?,?,?,?,?,?)");
  ASSIGN_OR_RETURN(int64_t const requirements, RequirementSetFor(db, job.requirements));
  Statement insert = db.Query(text);
  BindProbe(insert, job.probe);
  insert.Bind(id);
  insert.Bind(job.file_name);
  insert.Bind(job.fingerprint);
  insert.Bind(requirements);
  insert.Bind(static_cast<int>(job.lane));
  insert.Bind(absl::ToInt64Microseconds(order.run_limit));
  insert.Bind(job.created_at);
  RETURN_IF_ERROR(insert.Run());
  return db.Run("INSERT INTO job_specs(job, spec) VALUES (?, ?)", id, order.spec);
}

absl::StatusOr<JobOrder> FindOrder(Database& db, JobId id) {
  Statement query = db.Query(
      "SELECT run_limit, spec FROM job_orders JOIN job_specs USING (job) WHERE job = ?", id);
  if (query.Step()) return JobOrder{absl::Microseconds(query.Int(0)), query.Text(1)};
  RETURN_IF_ERROR(query.status());
  return NoSuchJob(id);
}

absl::StatusOr<std::string> FindSpec(Database& db, JobId id) {
  Statement query = db.Query("SELECT spec FROM job_specs WHERE job = ?", id);
  if (query.Step()) return query.Text(0);
  RETURN_IF_ERROR(query.status());
  return NoSuchJob(id);
}

absl::StatusOr<std::optional<JobId>> FindUnfinished(Database& db, ProbeId const& probe) {
  static std::string const select = absl::StrCat(
      "SELECT id FROM job_orders INDEXED BY job_orders_probe CROSS JOIN jobs ON id = job WHERE ",
      kProbeIs, " AND outcome IS NULL");
  Statement query = db.Query(select);
  BindProbe(query, probe);
  std::optional<JobId> id;
  if (query.Step()) id = query.Int(0);
  RETURN_IF_ERROR(query.status());
  return id;
}

}  // namespace probefarm
