#pragma once

#include <cstdint>
#include <string>

namespace probefarm {

// A build spec of the least that the coordinator takes, of a probe that no other number has.
std::string LoadSpec(int64_t number);

}  // namespace probefarm
