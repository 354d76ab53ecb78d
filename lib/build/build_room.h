#pragma once

#include <cstdint>

#include "lib/build/build_spec.h"

namespace probefarm {

// The free disk, in bytes, with which a worker that has nothing of it yet can build `spec`:
// archives as they are downloaded and as they are unpacked, the builder image in its archive and in
// the engine, and the largest output, in the container and in the worker's spool folder. An
// estimate, and rather too much: a worker that has built before has most of it already. What must
// stay free besides is the worker's to say (--min-free). Pure.
int64_t RoomFor(BuildSpec const& spec);

}  // namespace probefarm
