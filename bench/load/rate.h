#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "absl/time/time.h"

namespace probefarm {

// Counts what is done while it is measured: after a warm-up, for a while. Thread-safe.
class Rate {
 public:
  // One more. False once the time is up: begin nothing new.
  bool Done(int64_t count = 1) {
    if (measuring_) done_ += count;
    return !over_;
  }
  bool over() const { return over_; }
  // Something went wrong that should not have: said once, and it ends the measurement.
  void Fail(char const* what);

  // Blocks: lets `warm_up` pass, measures for `time`, and answers so many a second. Throws
  // std::runtime_error after Fail().
  double Measure(absl::Duration warm_up, absl::Duration time);

 private:
  std::atomic<bool> measuring_ = false;
  std::atomic<bool> over_ = false;
  std::atomic<char const*> failure_ = nullptr;
  std::atomic<int64_t> done_ = 0;
};

}  // namespace probefarm
