#include "coordinator/store/sqlite/write_context.h"

#include "coordinator/store/sqlite/job_rows.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

void AddReady(WriteContext& context, Job const& job) {
  context.queues.Add(job);
  ++context.eligible;
}

absl::Status SaveJob(WriteContext& context, Job const& before, Job const& after,
                     std::optional<std::string> const& grant_request) {
  RETURN_IF_ERROR(UpdateJob(context.db, before, after, grant_request));
  if (after.state == JobState::kQueued && after.not_before <= context.now) AddReady(context, after);
  return absl::OkStatus();
}

absl::StatusOr<Job> MoveJob(WriteContext& context, Job const& job, JobEvent const& event,
                            std::optional<std::string> const& grant_request) {
  ASSIGN_OR_RETURN(Job const moved,
                   Transition(job, event, context.policy.attempts, context.now, context.random));
  RETURN_IF_ERROR(SaveJob(context, job, moved, grant_request));
  return moved;
}

}  // namespace probefarm
