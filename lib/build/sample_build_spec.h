#pragma once

#include "lib/build/build_spec.h"

namespace probefarm {

// A spec of which no field has its default, for tests: what a reader or writer forgets shows. For
// an aarch64 kernel module of Debian. ParseBuildSpec() takes it.
BuildSpec SampleBuildSpec();

}  // namespace probefarm
