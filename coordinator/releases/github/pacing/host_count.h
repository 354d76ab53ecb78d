#pragma once

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "coordinator/releases/github/pacing/host_answer.h"

namespace probefarm {

// What the host's headers say of the hour's primary points. Somebody else may use the same token,
// so this can be less than our own count leaves, and then it is what counts; it never allows more.
// Pure; `now` must not go back.
class HostCount {
 public:
  // `most`: the configured limit, which no header raises.
  explicit HostCount(int64_t most) : most_(most), limit_(most) {}

  // An answer told. `under_way`: the points held by requests without an answer yet, which the host
  // may or may not have counted. Answers come in any order: within one hour of the host's the least
  // is believed.
  void Observe(HostPoints const& points, int64_t under_way, absl::Time now);

  // A request was let through, and what it turned out not to cost.
  void Take(int64_t points);
  void GiveBack(int64_t points);

  // What the host allows an hour, as it said last.
  int64_t limit() const { return limit_; }
  // Nothing when the host has not said so for the hour that is running now.
  std::optional<int64_t> left(absl::Time now) const;
  // When the host's hour ends.
  absl::Time resets() const { return resets_; }

 private:
  int64_t const most_;
  int64_t limit_;
  int64_t left_ = 0;
  absl::Time resets_ = absl::InfinitePast();
};

}  // namespace probefarm
