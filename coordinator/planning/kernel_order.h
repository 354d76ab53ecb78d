#pragma once

#include <vector>

#include "coordinator/feeds/kernel_feed.h"

namespace probefarm {

// The kernels in the order in which they are built: the newest of each target, then the second
// newest of each, and so on; targets in the order in which they first appear. A kernel that several
// feeds list comes once, with complete headers if any of them has these. Points into `kernels`,
// which are newest first within a target. Pure. So the kernels that most hosts run have their
// probes first, and no target waits for the whole of another. Two kernels are the same when target,
// arch, release and version are.
std::vector<Kernel const*> BuildOrder(std::vector<Kernel> const& kernels);

}  // namespace probefarm
