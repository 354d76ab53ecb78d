#include "coordinator/releases/github/pacing/closing.h"

#include <algorithm>

#include "lib/runtime/backoff.h"

namespace probefarm {
namespace {

constexpr absl::Duration kFirstClosing = absl::Seconds(60);
constexpr absl::Duration kLongestClosing = absl::Hours(1);
constexpr absl::Duration kFirstPause = absl::Seconds(1);
constexpr absl::Duration kLongestPause = absl::Seconds(60);

absl::Duration Doubled(absl::Duration first, absl::Duration longest, int times) {
  return Backoff{first, longest}.Ceiling(times - 1);
}

}  // namespace

void LimitClosing::Refused(AnswerFacts const& facts, bool write, absl::Time granted_at,
                           absl::Time now) {
  bool const another = refusals_ == 0 || granted_at > refused_at_;
  if (another) {
    ++refusals_;
    refused_at_ = now;
    of_write_ = false;
  }
  of_write_ = of_write_ || write;
  if (!another && !facts.wait.has_value()) return;
  absl::Time const until =
      now + facts.wait.value_or(Doubled(kFirstClosing, kLongestClosing, refusals_));
  if (until <= until_) return;
  until_ = until;
  reason_ = facts.sign;
}

void LimitClosing::Answered(bool write, absl::Time granted_at) {
  if (granted_at > refused_at_ && (write || !of_write_)) refusals_ = 0;
}

absl::Duration HostTrouble::Delay() const { return Doubled(kFirstPause, kLongestPause, failures_); }

void HostTrouble::Failed(absl::Time granted_at, absl::Time now) {
  if (failures_ > 0 && granted_at <= failed_at_) return;
  ++failures_;
  failed_at_ = now;
  until_ = std::max(until_, now + Delay());
}

void HostTrouble::Answered() {
  failures_ = 0;
  until_ = absl::InfinitePast();
}

void HostTrouble::Granted(absl::Time now) {
  if (failures_ > 0) until_ = std::max(until_, now + Delay());
}

}  // namespace probefarm
