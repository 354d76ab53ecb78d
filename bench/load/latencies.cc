#include "bench/load/latencies.h"

#include <algorithm>

namespace probefarm {

double Latencies::Percentile(double percent) const {
  std::vector<absl::Duration> sorted = times_;
  std::sort(sorted.begin(), sorted.end());
  auto const at = static_cast<size_t>(percent / 100 * static_cast<double>(sorted.size()));
  return absl::ToDoubleMilliseconds(sorted[std::min(at, sorted.size() - 1)]);
}

}  // namespace probefarm
