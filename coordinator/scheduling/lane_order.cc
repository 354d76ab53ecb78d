#include "coordinator/scheduling/lane_order.h"

#include <algorithm>

namespace probefarm {

Lane LaneOrder::NextLane(std::vector<LaneQueue> const& waiting) {
  auto const waits = [&](Lane lane) {
    return std::any_of(waiting.begin(), waiting.end(),
                       [lane](LaneQueue const& queue) { return queue.lane == lane; });
  };
  bool const new_kernels = waits(Lane::kNewKernels);
  bool const backfill = waits(Lane::kBackfill);
  if (backfill && (!new_kernels || passed_over_ >= patience_)) {
    passed_over_ = 0;
    return Lane::kBackfill;
  }
  if (backfill) ++passed_over_;
  return Lane::kNewKernels;
}

std::optional<LaneQueue> LaneOrder::Next(std::vector<LaneQueue> const& waiting) {
  if (waiting.empty()) return std::nullopt;
  Lane const lane = NextLane(waiting);
  std::string& last = last_served_[lane];
  std::optional<LaneQueue> first;
  std::optional<LaneQueue> following;
  for (LaneQueue const& queue : waiting) {
    if (queue.lane != lane) continue;
    if (!first || queue < *first) first = queue;
    if (queue.driver_version > last && (!following || queue < *following)) following = queue;
  }
  std::optional<LaneQueue> const next = following ? following : first;
  last = next->driver_version;
  return next;
}

}  // namespace probefarm
