#pragma once

#include <vector>

#include "absl/time/time.h"
#include "coordinator/releases/github/pacing/pacing_limits.h"
#include "coordinator/releases/github/pacing/request_kind.h"

namespace probefarm {

// A request as the host saw it. The host counts it anywhere between grant and answer, but within a
// twentieth of the window in question; `doubt` is where in that.
struct Seen {
  RequestKind kind;
  absl::Time granted;
  absl::Duration lasted;
  double doubt = 0;
  int http_status = 0;

  absl::Time At(absl::Duration length) const {
    return granted + std::min(lasted, length / 20) * doubt;
  }
};

// How full the fullest window of each limit was: 1 is up to the limit.
std::vector<double> FullestWindows(std::vector<Seen> const& history, PacingLimits const& limits);

// Looks at every window of every limit, and fails the test where one was exceeded.
void ExpectWithinLimits(std::vector<Seen> const& history, PacingLimits const& limits);

}  // namespace probefarm
