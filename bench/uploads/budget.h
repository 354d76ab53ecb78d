#pragma once

#include <nlohmann/json.hpp>

namespace probefarm {

// How much of what GitHub allows the pacing uses while there is always something to upload, and
// whether it ever asks for more: the coordinator's gate, with its default limits, against the fake
// GitHub's own limiter, on a clock that is moved to each moment that the gate names. `hours` long;
// the first hour, in which every window is empty, does not count. Pure.
//
//   {"budget_used": 0.99, "refused": 0, "uploads": 2500}
nlohmann::json MeasureBudget(int hours);

}  // namespace probefarm
