#include "coordinator/store/sqlite/ready_rows.h"

namespace probefarm {

absl::Status InsertReady(Database& db, JobId id) {
  return db.Run(
      "INSERT INTO ready_jobs SELECT lane, driver_version, requirements, job FROM job_orders WHERE "
      "job = ?",
      id);
}

absl::Status DeleteReady(Database& db, Job const& job) {
  return db.Run(
      "DELETE FROM ready_jobs WHERE lane = ? AND driver_version = ? AND requirements = (SELECT "
      "requirements FROM job_orders WHERE job_orders.job = ?) AND job = ?",
      static_cast<int>(job.lane), job.probe.driver_version, job.id, job.id);
}

}  // namespace probefarm
