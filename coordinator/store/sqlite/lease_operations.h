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

// Voids, rebinds and releases in the one transaction.
absl::StatusOr<OpenedSession> OpenSession(WriteContext& context, NewSession const& session);
// The time and the free disk are kept in memory; rows change only where a lease was unheard of, or
// where it drains.
absl::StatusOr<HeartbeatAnswer> Heartbeat(WriteContext& context, HeartbeatRequest const& request);
// An error undoes every grant of the call, and the ready queues are read again.
absl::StatusOr<std::vector<GrantedLease>> AcquireLeases(WriteContext& context,
                                                        AcquireRequest const& request);
// Writes only if the state changed, so a repeated report costs no row.
absl::StatusOr<Job> ApplyToLease(WriteContext& context, LeaseRef const& lease,
                                 JobEvent const& event);

}  // namespace probefarm
