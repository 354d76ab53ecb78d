#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/write_context.h"

namespace probefarm {

// What the passing of time does to sessions, leases and the queue. Inside one transaction.

absl::StatusOr<std::vector<ExpiredLease>> ExpireSessions(WriteContext& context, absl::Duration ttl);

// Makes the queued jobs ready whose backoff is over.
absl::Status PromoteWaiting(WriteContext& context);

}  // namespace probefarm
