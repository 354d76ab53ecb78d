#include "lib/runtime/token_bucket.h"

#include <algorithm>

namespace probefarm {

TokenBucket::TokenBucket(double per_second, double burst, Clock const& clock)
    : per_second_(per_second),
      burst_(burst),
      clock_(clock),
      tokens_(burst),
      filled_at_(clock.SinceBoot()) {}

absl::Duration TokenBucket::Take(double tokens) {
  MutexLock lock(mu_);
  absl::Duration const now = clock_.SinceBoot();
  double const since = absl::ToDoubleSeconds(now - filled_at_);
  tokens_ = std::min(burst_, tokens_ + since * per_second_);
  filled_at_ = now;
  double const missing = std::min(tokens, burst_) - tokens_;
  if (missing > 0) return absl::Seconds(missing / per_second_);
  tokens_ -= tokens;
  return absl::ZeroDuration();
}

}  // namespace probefarm
