#pragma once

#include "absl/time/time.h"
#include "coordinator/store/store.h"

namespace probefarm {

// Forgets the jobs that `retention` lets go (Store::Prune), in pieces, so that leases go on
// between. Blocks on the store. What fails is logged, and done by the next call.
void PruneJobs(Store& store, Retention const& retention);

// Forgets the logs of published probes that bundles of their releases hold since `before` or longer
// (Store::DropBundledLogs). As above otherwise.
void DropOldLogs(Store& store, absl::Time before);

}  // namespace probefarm
