#include "coordinator/store/new_job.h"

#include "absl/strings/str_cat.h"
#include "lib/driver/asset_name.h"
#include "lib/driver/driver_version.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::Status CheckFields(NewJob const& job) {
  RETURN_IF_ERROR(CheckDriverVersion(job.probe.driver_version));
  RETURN_IF_ERROR(CheckFileName(job.file_name));
  if (job.probe.target.empty()) return absl::InvalidArgumentError("no target");
  if (job.probe.kernel_release.empty()) return absl::InvalidArgumentError("no kernel release");
  if (job.spec.empty()) return absl::InvalidArgumentError("no spec");
  if (job.requirements.memory_bytes < 0) return absl::InvalidArgumentError("negative memory");
  if (job.requirements.disk_bytes < 0) return absl::InvalidArgumentError("negative disk");
  if (job.run_limit <= absl::ZeroDuration()) return absl::InvalidArgumentError("no run limit");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckNewJob(NewJob const& job) {
  absl::Status const checked = CheckFields(job);
  if (checked.ok()) return checked;
  return absl::InvalidArgumentError(
      absl::StrCat("enqueue ", Describe(job.probe), ": ", checked.message()));
}

Job QueuedJob(NewJob const& job, absl::Time now) {
  Job queued;
  queued.probe = job.probe;
  queued.file_name = job.file_name;
  queued.fingerprint = job.fingerprint;
  queued.requirements = job.requirements;
  queued.lane = job.lane;
  queued.not_before = now;
  queued.created_at = now;
  queued.updated_at = now;
  return queued;
}

}  // namespace probefarm
