#include "coordinator/releases/github/pacing/host_count.h"

#include <algorithm>

namespace probefarm {
namespace {

// Resets are whole seconds, and answers travel for a while.
constexpr absl::Duration kSameReset = absl::Seconds(30);

}  // namespace

void HostCount::Observe(HostPoints const& points, int64_t under_way, absl::Time now) {
  absl::Time const resets = now + points.until_reset;
  bool const same_hour = now < resets_ && absl::AbsDuration(resets - resets_) <= kSameReset;
  if (points.limit.has_value()) limit_ = std::min(most_, *points.limit);
  int64_t const left = std::min(points.left, limit_) - under_way;
  left_ = same_hour ? std::min(left_, left) : left;
  // A reset that the host moves by a second each time would otherwise never come.
  if (!same_hour) resets_ = resets;
}

void HostCount::Take(int64_t points) { left_ -= points; }

void HostCount::GiveBack(int64_t points) { left_ = std::min(left_ + points, limit_); }

std::optional<int64_t> HostCount::left(absl::Time now) const {
  if (now >= resets_) return std::nullopt;
  return std::max<int64_t>(left_, 0);
}

}  // namespace probefarm
