#pragma once

#include <string>

#include "bench/load/latencies.h"

namespace probefarm {

// A worker waits in a long poll; a job is enqueued. The time from the answer to the client, which
// follows the commit, to the lease at the worker; zero where the worker hears of it first.
Latencies MeasureDispatch(std::string const& address, int count);

}  // namespace probefarm
