#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace probefarm {

// The first seed, by number, in which a promise was broken, and which.
struct Finding {
  uint64_t seed = 0;
  std::string what;
};

// Simulates `count` seeds from `first` on, on all processors, until one is found. The log, in which
// everything fails all the time, is silenced meanwhile.
std::optional<Finding> SearchSeeds(uint64_t first, uint64_t count);

}  // namespace probefarm
