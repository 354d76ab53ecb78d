#include "coordinator/scheduling/job_eligibility.h"

#include "absl/strings/str_cat.h"

namespace probefarm {

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
  return std::nullopt;
}

bool IsGrantable(Job const& job, Capabilities const& capabilities, absl::Time now) {
  return job.state == JobState::kQueued && job.not_before <= now &&
         !UnmetRequirement(job.requirements, capabilities);
}

}  // namespace probefarm
