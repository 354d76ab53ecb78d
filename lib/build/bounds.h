#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace probefarm {

// What a build spec may ask for at most, and so what a configuration may say. A spec outside is
// refused by the worker. The bounds are more than any machine has and keep a mistaken or hostile
// number from overflowing on its way to the engine; the least of each is 1 (byte, process, second)
// unless said. Not every spec within them is sensible.
inline constexpr int64_t kMaxInputBytes = int64_t{16} << 30;  // of one file
inline constexpr int64_t kMaxBuildMemoryBytes = int64_t{1} << 40;
inline constexpr int64_t kMaxBuildOutputBytes = int64_t{16} << 30;
inline constexpr int64_t kMaxBuildLogBytes = int64_t{1} << 30;
inline constexpr int kMaxBuildProcesses = 1 << 20;
inline constexpr absl::Duration kMaxBuildTimeout = absl::Hours(7 * 24);
inline constexpr double kMinBuildCpus = 0.01;  // what the Docker Engine takes as its least
inline constexpr double kMaxBuildCpus = 1024;

}  // namespace probefarm
