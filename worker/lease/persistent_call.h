#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lib/runtime/backoff.h"

namespace probefarm {

// Repeats a call to the coordinator while nobody answers it (UNAVAILABLE, DEADLINE_EXCEEDED,
// RESOURCE_EXHAUSTED), with backoff up to five seconds, until `over` answers true: a lease outlives
// a coordinator that restarts. Any other status is the answer; when `over` ended it, the last of
// these is. `call` is made at least once, and must be one that can be repeated. `wait` sleeps, and
// may return early; a test's does not sleep. All three run on the caller's thread. Blocks.
absl::Status CallPersistently(std::function<absl::Status()> const& call,
                              std::function<bool()> const& over,
                              std::function<void(absl::Duration)> const& wait);

}  // namespace probefarm
