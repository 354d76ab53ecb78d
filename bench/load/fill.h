#pragma once

#include <cstdint>
#include <string>

#include "bench/load/latencies.h"

namespace probefarm {

// Enqueues so many jobs, 500 in a call. Throws std::runtime_error when one is refused.
void FillQueue(std::string const& address, int64_t jobs);

// The times of so many Acquire() that get a job each, one after the other; the jobs are reported
// between them.
Latencies MeasureAcquire(std::string const& address, int count);

}  // namespace probefarm
