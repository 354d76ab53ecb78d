#pragma once

#include <string>

#include "absl/status/status.h"
#include "lib/build/build_spec.h"
#include "worker/inputs/input_cache.h"

namespace probefarm {

// Takes those of a spec's inputs that a folder holds into the cache, so that they need not be
// fetched: a file that has an input's name or its digest for a name. DATA_LOSS, with both digests,
// for a file that has the name and not the bytes: somebody is mistaken about it. Blocks.
absl::Status TakeInputsFrom(std::string const& folder, BuildSpec const& spec, InputCache& cache);

}  // namespace probefarm
