#pragma once

#include <nlohmann/json.hpp>

#include "absl/status/status.h"
#include "tests/testing/farm/farm.h"

namespace probefarm {

// Kills the coordinator, removes its database and starts it again with the rest.
absl::Status RestartWithoutDatabase(Farm& farm);

// The catalog has the probes of `before`, adopted, with the same digests, and a backfill builds
// nothing.
void ExpectSameProbes(Farm const& farm, nlohmann::json const& before);

}  // namespace probefarm
