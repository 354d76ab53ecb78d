#pragma once

#include <gtest/gtest.h>

#include <variant>

#include "coordinator/releases/github/pacing/pacing_state.h"

namespace probefarm {

inline absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);
inline constexpr AnswerFacts kFine{.sign = AnswerSign::kFine, .http_status = 200};

// Nothing is in the way but what a test sets.
inline PacingLimits Loose() {
  return {.writes_per_second = 1000,
          .writes_per_minute = 100'000,
          .writes_per_hour = 1'000'000,
          .secondary_points_per_minute = 1'000'000,
          .primary_points_per_hour = 1'000'000,
          .primary_reserve = 0,
          .concurrent_requests = 1000};
}

// A state and the time, which a test moves.
struct Paced {
  explicit Paced(PacingLimits const& limits) : state(limits) {}

  std::variant<PlaceId, PacingRefusal> Enter(RequestKind kind) { return state.Enter(kind, now); }
  PlaceId MustEnter(RequestKind kind) {
    std::variant<PlaceId, PacingRefusal> const entered = Enter(kind);
    if (std::holds_alternative<PlaceId>(entered)) return std::get<PlaceId>(entered);
    ADD_FAILURE() << "refused: " << Explain(std::get<PacingRefusal>(entered));
    return 0;
  }
  PacingRefusal MustRefuse(RequestKind kind) {
    std::variant<PlaceId, PacingRefusal> const entered = Enter(kind);
    if (auto const* refusal = std::get_if<PacingRefusal>(&entered)) return *refusal;
    ADD_FAILURE() << "let through";
    return {};
  }
  // Requests answered at once, until one is refused.
  int Drain(RequestKind kind, AnswerFacts const& facts = kFine) {
    for (int count = 0;; ++count) {
      std::variant<PlaceId, PacingRefusal> const entered = Enter(kind);
      if (std::holds_alternative<PacingRefusal>(entered)) return count;
      state.Leave(std::get<PlaceId>(entered), facts, now);
      if (count > 100'000) return count;
    }
  }
  void Finish(RequestKind kind, AnswerFacts const& facts = kFine) {
    state.Leave(MustEnter(kind), facts, now);
  }

  PacingState state;
  absl::Time now = kNow;
};

}  // namespace probefarm
