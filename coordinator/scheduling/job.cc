#include "coordinator/scheduling/job.h"

#include <array>
#include <utility>

namespace probefarm {
namespace {

constexpr std::array<std::pair<JobState, absl::string_view>, 10> kNames = {{
    {JobState::kQueued, "queued"},
    {JobState::kLeased, "leased"},
    {JobState::kBuilt, "built"},
    {JobState::kUploading, "uploading"},
    {JobState::kVerifying, "verifying"},
    {JobState::kPublished, "published"},
    {JobState::kFailed, "failed"},
    {JobState::kDead, "dead"},
    {JobState::kCancelled, "cancelled"},
    {JobState::kSkipped, "skipped"},
}};

}  // namespace

absl::string_view JobStateName(JobState state) {
  for (auto const& [known, name] : kNames) {
    if (known == state) return name;
  }
  return "unknown";
}

std::optional<JobState> ParseJobState(absl::string_view name) {
  for (auto const& [state, known] : kNames) {
    if (known == name) return state;
  }
  return std::nullopt;
}

bool IsFinal(JobState state) {
  switch (state) {
    case JobState::kPublished:
    case JobState::kFailed:
    case JobState::kDead:
    case JobState::kCancelled:
    case JobState::kSkipped:
      return true;
    default:
      return false;
  }
}

bool IsHeld(JobState state) {
  return state == JobState::kLeased || state == JobState::kBuilt || state == JobState::kUploading;
}

}  // namespace probefarm
