#pragma once

#include <string>
#include <vector>

#include "coordinator/scheduling/explanation.h"

namespace probefarm {

// What it is that no worker has, for people: "no worker has arch aarch64". `workers` are not empty,
// and UnmetRequirement() answers something of each. Pure. Requirements are looked at in its order,
// each of the workers that meet those before it: so what is told is what is missing where the most
// is there.
std::string WhyUnmatchable(Requirements const& needs, std::vector<LiveWorker> const& workers);

}  // namespace probefarm
