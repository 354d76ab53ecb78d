#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lib/runtime/backoff.h"

namespace probefarm {

// Repeats a call to the coordinator while nobody answers it (UNAVAILABLE, DEADLINE_EXCEEDED,
// RESOURCE_EXHAUSTED), with backoff, until `over` answers true: a lease outlives a coordinator that
// restarts. Any other status is the answer. `wait` sleeps; a test's does not.
absl::Status CallPersistently(std::function<absl::Status()> const& call,
                              std::function<bool()> const& over,
                              std::function<void(absl::Duration)> const& wait);

}  // namespace probefarm
