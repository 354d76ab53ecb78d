#pragma once

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace probefarm {

// Tells the time. Active code takes a `Clock*`; pure code takes `absl::Time now`; nobody asks the
// system directly, so that a test can move time by hand (fake_clock.h). Implementations are
// thread-safe and never block. Whoever takes one does not own it: it outlives all its users.
class Clock {
 public:
  virtual ~Clock() = default;

  // Wall-clock time: comparable with what other machines and the database say; may jump.
  virtual absl::Time Now() const = 0;

  // Time since boot, suspension included (CLOCK_BOOTTIME): never jumps, means nothing on another
  // machine or after a restart of this one. For differences only. Self-fencing is decided on it, so
  // that a worker that slept knows that it did.
  virtual absl::Duration SinceBoot() const = 0;
};

// The machine's clocks. Thread-safe.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
  absl::Duration SinceBoot() const override;
};

}  // namespace probefarm
