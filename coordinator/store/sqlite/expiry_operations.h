#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/write_context.h"

namespace probefarm {

// What the passing of time does to sessions, leases and the queue. Inside one transaction.

// See Store::ExpireSessions(). Also promotes waiting jobs, and forgets sessions a week after their
// end: until then a worker that comes back learns why it was voided.
absl::StatusOr<std::vector<ExpiredLease>> ExpireSessions(WriteContext& context, absl::Duration ttl);

// Makes the queued jobs ready whose backoff is over. Called with each sweep and before each grant.
absl::Status PromoteWaiting(WriteContext& context);

}  // namespace probefarm
