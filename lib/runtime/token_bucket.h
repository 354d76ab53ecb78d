#pragma once

#include "absl/time/time.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// Lets so many tokens a second pass, and up to `burst` at once after a while without any.
// Thread-safe.
//
//   TokenBucket bytes(/*per_second=*/64e6, /*burst=*/64e6, clock);
//   if (absl::Duration const wait = bytes.Take(size); wait > absl::ZeroDuration()) … later
class TokenBucket {
 public:
  // Begins full. `clock` must outlive it; only SinceBoot() is asked.
  TokenBucket(double per_second, double burst, Clock const& clock);

  // Zero: they are taken. Else none are, and it may be tried again after that time. More than the
  // burst pass when it is full, and are owed.
  absl::Duration Take(double tokens) EXCLUDES(mu_);

 private:
  double const per_second_;
  double const burst_;
  Clock const& clock_;
  Mutex mu_;
  double tokens_ GUARDED_BY(mu_);
  absl::Duration filled_at_ GUARDED_BY(mu_);
};

}  // namespace probefarm
