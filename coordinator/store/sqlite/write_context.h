#pragma once

#include <optional>
#include <random>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/scheduling/job_transition.h"
#include "coordinator/store/sqlite/database.h"
#include "coordinator/store/sqlite/ready_queues.h"
#include "coordinator/store/sqlite/session_clock.h"
#include "coordinator/store/store_policy.h"

namespace probefarm {

// What a writing operation works with: the transaction's connection and the store's memory. Made
// anew for each operation, on the writer's thread. `queues` and `sessions` are not undone with the
// transaction: after a rollback the queues are read again, and a session counts as heard of.
// Operations are free functions over it, called by SqliteStore in the writer's transaction; their
// errors are those of the call of Store, and undo what they did.
struct WriteContext {
  Database& db;
  StorePolicy const& policy;
  absl::Time now;
  std::mt19937_64& random;
  ReadyQueues& queues;
  SessionClock& sessions;
  int eligible = 0;  // jobs that this operation made ready
};

// Moves `job` by `event` and writes its row. FAILED_PRECONDITION as Transition().
// `grant_request` as UpdateJob().
absl::StatusOr<Job> MoveJob(WriteContext& context, Job const& job, JobEvent const& event,
                            std::optional<std::string> const& grant_request = std::nullopt);
// Writes the row of a job that a transition has moved already. INTERNAL when the row has changed
// since `before` was read. One that is QUEUED with no backoff left becomes ready.
absl::Status SaveJob(WriteContext& context, Job const& before, Job const& after,
                     std::optional<std::string> const& grant_request = std::nullopt);
// Tells the queues of a job that is ready.
void AddReady(WriteContext& context, Job const& job);

}  // namespace probefarm
