#include "lib/runtime/backoff.h"

#include <algorithm>

#include "absl/random/uniform_real_distribution.h"

namespace probefarm {

absl::Duration Backoff::Ceiling(int n) const {
  int const doublings = std::clamp(n, 0, 30);
  return std::min(limit, base * static_cast<double>(int64_t{1} << doublings));
}

absl::Duration Backoff::Delay(int n, absl::BitGenRef random) const {
  return Ceiling(n) * absl::uniform_real_distribution<double>(0, 1)(random);
}

}  // namespace probefarm
