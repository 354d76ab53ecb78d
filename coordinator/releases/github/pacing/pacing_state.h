#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "coordinator/releases/github/pacing/closing.h"
#include "coordinator/releases/github/pacing/host_answer.h"
#include "coordinator/releases/github/pacing/host_count.h"
#include "coordinator/releases/github/pacing/pacing_limits.h"
#include "coordinator/releases/github/pacing/pacing_rule.h"
#include "coordinator/releases/github/pacing/pacing_windows.h"
#include "coordinator/releases/github/pacing/request_kind.h"

namespace probefarm {

// Of one rule: how much may be spent, and how much of it can be spent now.
struct PacingRoom {
  PacingRule rule = PacingRule::kConcurrency;
  int64_t limit = 0;
  int64_t left = 0;
};

// All rules by which the host's limits are kept (docs.github.com, "Rate limits for the REST API").
// Pure: a function of what it was told and of `now`, the reading of a clock that never jumps; a
// `now` that goes back counts as the last one. Not thread-safe.
//
//   std::variant<PlaceId, PacingRefusal> entered = state.Enter(RequestKind::kRead, now);
//   … the request …
//   state.Leave(std::get<PlaceId>(entered), ReadAnswer(answer, wall_now), later);
class PacingState {
 public:
  explicit PacingState(PacingLimits const& limits);

  // Every rule at once: either the request is let through and counted, or nothing changes.
  std::variant<PlaceId, PacingRefusal> Enter(RequestKind kind, absl::Time now);

  // The place is given up at the deadline if nobody leaves it before: see DropOverdue().
  void KeepUntil(PlaceId id, absl::Time deadline);
  // Gives up the places whose deadline has passed, and returns their kinds. Their requests may have
  // been made: they keep counting.
  std::vector<RequestKind> DropOverdue(absl::Time now);

  // The answer to a request. Of a place that is unknown (given up, or of an earlier run) `facts`
  // are heeded all the same, as those of an upload. Returns the kind.
  RequestKind Leave(PlaceId id, AnswerFacts const& facts, absl::Time now);
  // The place is left and nobody knows what became of the request: it keeps counting. Nothing for
  // an unknown place.
  std::optional<RequestKind> Abandon(PlaceId id, absl::Time now);

  // A request before this state began: what an earlier run did counts at the host still. `when` is
  // on the scale of `now`.
  void CountPast(RequestKind kind, absl::Time when, absl::Time now);

  // Of each rule that has a limit.
  std::vector<PacingRoom> Rooms(absl::Time now);
  // The rules that close the gate by what the host answered (kPrimaryLimit, kSecondaryLimit,
  // kTrouble), each until when; in the past for those that do not.
  std::vector<PacingRefusal> Closings() const;

 private:
  struct Place {
    RequestKind kind;
    absl::Time granted_at;
    absl::Time deadline;
  };
  void Advance(absl::Time& now);
  // Of all refusals the one that lasts longest; `until` is not after `now` when there is none.
  PacingRefusal Judge(RequestKind kind, absl::Time now) const;
  std::vector<PacingRefusal> JudgeWrites(absl::Time now) const;
  std::vector<PacingRefusal> JudgeReads(absl::Time now) const;
  std::vector<PacingRefusal> JudgePoints(RequestKind kind, absl::Time now) const;
  PacingRefusal JudgeConcurrency(absl::Time now) const;
  PacingRefusal JudgeClosing() const;

  // What may be spent in an hour, by the configuration and the host, less the reserve.
  int64_t PrimaryLimit() const;
  int64_t Reserve() const;
  int64_t PrimaryLeft(absl::Time now) const;
  int64_t PrimaryUnderWay() const;
  // Uploads have a host of their own.
  HostTrouble const& TroubleOf(RequestKind kind) const;
  HostTrouble& MutableTroubleOf(RequestKind kind);
  void Heed(Place const& place, AnswerFacts const& facts, absl::Time now);
  void Settle(PlaceId id, Place const& place, int http_status, absl::Time now);

  PacingLimits const limits_;
  PacingWindows windows_;
  HostCount host_;
  LimitClosing closing_;
  HostTrouble api_trouble_;
  HostTrouble uploads_trouble_;
  std::map<PlaceId, Place> places_;
  PlaceId last_id_ = 0;
  absl::Time latest_ = absl::InfinitePast();
};

}  // namespace probefarm
