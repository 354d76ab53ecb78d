#pragma once

#include "absl/random/bit_gen_ref.h"
#include "absl/time/time.h"

namespace probefarm {

// How long to wait before a try: exponential with full jitter, so that many who failed together do
// not return together. Only reckons: the caller sleeps, and counts its tries.
//
//   wait(Backoff{absl::Milliseconds(100), absl::Seconds(5)}.Delay(retry, random));
struct Backoff {
  absl::Duration base = absl::Seconds(1);
  absl::Duration limit = absl::Minutes(10);

  // The most that try `n` (1 is the first retry) can wait: min(limit, base * 2^n), without overflow
  // for any `n`. Pure.
  absl::Duration Ceiling(int n) const;
  // Uniform in [0, Ceiling(n)). `random` is not shared between threads.
  absl::Duration Delay(int n, absl::BitGenRef random) const;

  friend bool operator==(Backoff const&, Backoff const&) = default;
};

}  // namespace probefarm
