#pragma once

#include "coordinator/store/store.h"

namespace probefarm {

// Forgets the jobs that `retention` lets go (Store::Prune), in pieces, so that leases go on
// between. Blocks on the store. What fails is logged, and done by the next call.
void PruneJobs(Store& store, Retention const& retention);

}  // namespace probefarm
