#include "coordinator/scheduling/job_eligibility.h"

#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

bool RunsBuilder(Capabilities const& worker, std::string const& builder) {
  return builder.empty() || worker.builders.empty() || worker.builders.contains(builder);
}

bool HasRoom(Capabilities const& worker, int64_t disk_bytes) {
  return !worker.free_disk_bytes || *worker.free_disk_bytes >= disk_bytes;
}

}  // namespace

std::optional<Reason> UnmetRequirement(Requirements const& requirements,
                                       Capabilities const& capabilities) {
  if (requirements.arch != capabilities.arch) {
    return Reason{"arch", absl::StrCat("needs a worker on ", ArchName(requirements.arch),
                                       "; this one is on ", ArchName(capabilities.arch))};
  }
  if (requirements.memory_bytes > capabilities.memory_bytes_per_slot) {
    return Reason{"memory", absl::StrCat("needs ", requirements.memory_bytes,
                                         " bytes of memory; this worker has ",
                                         capabilities.memory_bytes_per_slot, " a slot")};
  }
  for (std::string const& label : requirements.labels) {
    if (!capabilities.labels.contains(label))
      return Reason{"label", absl::StrCat("needs a worker with the label ", label)};
  }
  if (!RunsBuilder(capabilities, requirements.builder)) {
    return Reason{"builder",
                  absl::StrCat("needs a worker that runs builder image ", requirements.builder)};
  }
  if (!HasRoom(capabilities, requirements.disk_bytes)) {
    return Reason{"disk", absl::StrCat("needs ", requirements.disk_bytes,
                                       " bytes of free disk; this worker has ",
                                       *capabilities.free_disk_bytes)};
  }
  return std::nullopt;
}

bool IsGrantable(Job const& job, Capabilities const& capabilities, absl::Time now) {
  return job.state == JobState::kQueued && job.not_before <= now &&
         !UnmetRequirement(job.requirements, capabilities);
}

}  // namespace probefarm
