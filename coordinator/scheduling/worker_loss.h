#pragma once

#include <vector>

#include "absl/time/time.h"

namespace probefarm {

// Workers lost together from here on are a crowd. Two distinct workers are poison (AttemptPolicy),
// so the crowd begins just above.
inline constexpr int kCrowdOfWorkers = 3;

// Whether a worker whose session ends now, after `ttl` of silence, is one of many that were lost at
// the same moment: a rack or a network went, and no job is to blame. `last_heard` has every session
// that lives or ended within the last two ttl, the worker's own included.
//
// Heartbeats come every third of a ttl, so those lost together fell silent within that span of one
// another; half a ttl to either side holds them all, and no live worker. Pure. The answer holds for
// all sessions that end at `now`, whichever jobs they held.
bool IsCrowd(std::vector<absl::Time> const& last_heard, absl::Duration ttl, absl::Time now);

}  // namespace probefarm
