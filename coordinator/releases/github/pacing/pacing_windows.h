#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "coordinator/releases/github/pacing/request_kind.h"
#include "coordinator/releases/github/pacing/sliding_window.h"

namespace probefarm {

// Every request in every window that it counts in. Holds no limits. Pure, as SlidingWindow is.
struct PacingWindows {
  void Advance(absl::Time now);
  void Begin(PlaceId id, RequestKind kind, absl::Time now);
  // `http_status` 0: no answer.
  void End(PlaceId id, RequestKind kind, int http_status, absl::Time now);
  void CountPast(RequestKind kind, absl::Time when);

  SlidingWindow writes_second{absl::Seconds(1)};
  SlidingWindow writes_minute{absl::Minutes(1)};
  SlidingWindow writes_hour{absl::Hours(1)};
  SlidingWindow secondary{absl::Minutes(1)};
  SlidingWindow secondary_of_reads{absl::Minutes(1)};  // counted in `secondary` too
  SlidingWindow primary{absl::Hours(1)};
  SlidingWindow primary_of_reads{absl::Hours(1)};  // counted in `primary` too
};

}  // namespace probefarm
