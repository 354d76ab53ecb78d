#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace probefarm {

// Generous: what a test waits for comes within a few seconds on a machine that has nothing else to
// do.
inline constexpr absl::Duration kPatience = absl::Seconds(60);

// Asks until `condition` holds. DEADLINE_EXCEEDED names `what` did not come about. Every 50 ms, by
// the real clock: for what other processes do, where there is no fake one.
inline absl::Status WaitUntil(std::string const& what, std::function<bool()> const& condition,
                              absl::Duration patience = kPatience) {
  absl::Time const end = absl::Now() + patience;
  while (!condition()) {
    if (absl::Now() >= end) {
      return absl::DeadlineExceededError(
          absl::StrCat("not within ", absl::FormatDuration(patience), ": ", what));
    }
    absl::SleepFor(absl::Milliseconds(50));
  }
  return absl::OkStatus();
}

}  // namespace probefarm
