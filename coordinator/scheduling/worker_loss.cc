#include "coordinator/scheduling/worker_loss.h"

#include <algorithm>

namespace probefarm {

bool IsCrowd(std::vector<absl::Time> const& last_heard, absl::Duration ttl, absl::Time now) {
  absl::Time const expected = now - ttl;
  auto const lost = std::count_if(last_heard.begin(), last_heard.end(), [&](absl::Time heard) {
    return absl::AbsDuration(heard - expected) < ttl / 2;
  });
  return lost >= kCrowdOfWorkers;
}

}  // namespace probefarm
