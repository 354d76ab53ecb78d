#pragma once

#include <vector>

#include "absl/time/time.h"

namespace probefarm {

// Times of single calls. Not thread-safe.
class Latencies {
 public:
  void Add(absl::Duration time) { times_.push_back(time); }
  // In milliseconds; `percent` of 0 to 100. At least one was added.
  double Percentile(double percent) const;

 private:
  std::vector<absl::Duration> times_;
};

}  // namespace probefarm
