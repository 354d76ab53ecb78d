#include "bench/load/rate.h"

#include <stdexcept>

#include "absl/time/clock.h"

namespace probefarm {

void Rate::Fail(char const* what) {
  failure_ = what;
  over_ = true;
}

double Rate::Measure(absl::Duration warm_up, absl::Duration time) {
  absl::SleepFor(warm_up);
  absl::Time const begin = absl::Now();
  measuring_ = true;
  while (!over_ && absl::Now() - begin < time) absl::SleepFor(absl::Milliseconds(10));
  measuring_ = false;
  absl::Duration const took = absl::Now() - begin;
  over_ = true;
  if (failure_ != nullptr) throw std::runtime_error(failure_);
  return static_cast<double>(done_) / absl::ToDoubleSeconds(took);
}

}  // namespace probefarm
