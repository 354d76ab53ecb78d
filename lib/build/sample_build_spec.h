#pragma once

#include "lib/build/build_spec.h"

namespace probefarm {

// A spec of which no field has its default, for tests. ParseBuildSpec() takes it.
BuildSpec SampleBuildSpec();

}  // namespace probefarm
