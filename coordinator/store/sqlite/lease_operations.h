#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/write_context.h"

namespace probefarm {

// The workers' calls of Store, each inside one transaction. See store.h for what they promise.

absl::StatusOr<OpenedSession> OpenSession(WriteContext& context, NewSession const& session);
absl::StatusOr<HeartbeatAnswer> Heartbeat(WriteContext& context, HeartbeatRequest const& request);
absl::StatusOr<std::vector<GrantedLease>> AcquireLeases(WriteContext& context,
                                                        AcquireRequest const& request);
absl::StatusOr<Job> ApplyToLease(WriteContext& context, LeaseRef const& lease,
                                 JobEvent const& event);

}  // namespace probefarm
