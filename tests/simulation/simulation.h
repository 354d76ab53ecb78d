#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace probefarm {

// One run of a small farm: a coordinator with its store, three workers, a client and a release
// host, for some minutes of trouble and then without any until all is done. Everything follows from
// the seed. Answers what was broken first ("I4: …, after 312.5 s"); nothing when all promises were
// kept. Invariants are looked at after every step.
std::optional<std::string> Simulate(uint64_t seed);

}  // namespace probefarm
