#include "coordinator/releases/github/pacing/pacing_state.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace probefarm {
namespace {

// Nobody knows when a request will be answered.
constexpr absl::Duration kRecheck = absl::Seconds(1);

int64_t Share(double share, int64_t whole) {
  return static_cast<int64_t>(std::floor(share * static_cast<double>(whole)));
}

}  // namespace

PacingState::PacingState(PacingLimits const& limits)
    : limits_(limits), host_(limits.primary_points_per_hour) {}

void PacingState::Advance(absl::Time& now) {
  latest_ = std::max(latest_, now);
  now = latest_;
  windows_.Advance(now);
}

std::variant<PlaceId, PacingRefusal> PacingState::Enter(RequestKind kind, absl::Time now) {
  Advance(now);
  PacingRefusal const refusal = Judge(kind, now);
  if (refusal.until > now) return refusal;
  PlaceId const id = ++last_id_;
  places_.emplace(id, Place{kind, now, absl::InfiniteFuture()});
  windows_.Begin(id, kind, now);
  host_.Take(PrimaryPointsHeld(kind));
  MutableTroubleOf(kind).Granted(now);
  return id;
}

PacingRefusal PacingState::Judge(RequestKind kind, absl::Time now) const {
  std::vector<PacingRefusal> refusals = IsRead(kind) ? JudgeReads(now) : JudgeWrites(now);
  for (PacingRefusal const& refusal : JudgePoints(kind, now)) refusals.push_back(refusal);
  HostTrouble const& trouble = TroubleOf(kind);
  refusals.push_back({trouble.until(), PacingRule::kTrouble, trouble.failures()});
  refusals.push_back(JudgeConcurrency(now));
  refusals.push_back(JudgeClosing());
  return *std::max_element(
      refusals.begin(), refusals.end(),
      [](PacingRefusal const& a, PacingRefusal const& b) { return a.until < b.until; });
}

std::vector<PacingRefusal> PacingState::JudgeWrites(absl::Time now) const {
  auto const judge = [now](SlidingWindow const& window, PacingRule rule, int limit) {
    return PacingRefusal{window.NextRoom(1, limit, now), rule, limit};
  };
  return {judge(windows_.writes_second, PacingRule::kWritesSecond, limits_.writes_per_second),
          judge(windows_.writes_minute, PacingRule::kWritesMinute, limits_.writes_per_minute),
          judge(windows_.writes_hour, PacingRule::kWritesHour, limits_.writes_per_hour)};
}

std::vector<PacingRefusal> PacingState::JudgeReads(absl::Time now) const {
  auto const judge = [now](SlidingWindow const& window, int64_t limit) {
    return PacingRefusal{window.NextRoom(1, limit, now), PacingRule::kReadShare, limit};
  };
  // Of all that is ours in this hour, spent or not: others' use of the token makes it less.
  int64_t const primary = windows_.primary.used() + PrimaryLeft(now);
  PacingRefusal of_primary = judge(windows_.primary_of_reads, Share(limits_.read_share, primary));
  if (host_.left(now).has_value()) of_primary.until = std::min(of_primary.until, host_.resets());
  return {of_primary, judge(windows_.secondary_of_reads,
                            Share(limits_.read_share, limits_.secondary_points_per_minute))};
}

std::vector<PacingRefusal> PacingState::JudgePoints(RequestKind kind, absl::Time now) const {
  int64_t const primary = PrimaryPointsHeld(kind);
  std::vector<PacingRefusal> refusals = {
      {windows_.secondary.NextRoom(SecondaryPoints(kind), limits_.secondary_points_per_minute, now),
       PacingRule::kSecondaryPoints, limits_.secondary_points_per_minute},
      {windows_.primary.NextRoom(primary, PrimaryLimit(), now), PacingRule::kPrimaryPoints,
       PrimaryLimit()}};
  std::optional<int64_t> const left = host_.left(now);
  if (left.has_value() && *left - Reserve() < primary)
    refusals.push_back({host_.resets(), PacingRule::kHostPoints, *left});
  return refusals;
}

PacingRefusal PacingState::JudgeConcurrency(absl::Time now) const {
  auto const under_way = static_cast<int64_t>(places_.size());
  bool const full = under_way >= limits_.concurrent_requests;
  return {full ? now + kRecheck : now, PacingRule::kConcurrency, under_way};
}

PacingRefusal PacingState::JudgeClosing() const {
  return {closing_.until(), closing_.reason() == AnswerSign::kPrimaryLimit
                                ? PacingRule::kPrimaryLimit
                                : PacingRule::kSecondaryLimit};
}

void PacingState::KeepUntil(PlaceId id, absl::Time deadline) {
  auto const found = places_.find(id);
  if (found != places_.end()) found->second.deadline = deadline;
}

std::vector<RequestKind> PacingState::DropOverdue(absl::Time now) {
  Advance(now);
  std::vector<RequestKind> dropped;
  for (auto it = places_.begin(); it != places_.end();) {
    auto const [id, place] = *it++;
    if (place.deadline > now) continue;
    Settle(id, place, 0, now);
    dropped.push_back(place.kind);
  }
  return dropped;
}

RequestKind PacingState::Leave(PlaceId id, AnswerFacts const& facts, absl::Time now) {
  Advance(now);
  Place place{RequestKind::kUpload, absl::InfinitePast(), absl::InfinitePast()};
  if (auto const found = places_.find(id); found != places_.end()) {
    place = found->second;
    Settle(id, place, facts.http_status, now);
  }
  Heed(place, facts, now);
  return place.kind;
}

std::optional<RequestKind> PacingState::Abandon(PlaceId id, absl::Time now) {
  Advance(now);
  auto const found = places_.find(id);
  if (found == places_.end()) return std::nullopt;
  Place const place = found->second;
  Settle(id, place, 0, now);
  return place.kind;
}

void PacingState::Settle(PlaceId id, Place const& place, int http_status, absl::Time now) {
  windows_.End(id, place.kind, http_status, now);
  host_.GiveBack(PrimaryPointsHeld(place.kind) - PrimaryPoints(place.kind, http_status));
  places_.erase(id);
}

void PacingState::Heed(Place const& place, AnswerFacts const& facts, absl::Time now) {
  bool const write = !IsRead(place.kind);
  HostTrouble& trouble = MutableTroubleOf(place.kind);
  if (facts.points.has_value()) host_.Observe(*facts.points, PrimaryUnderWay(), now);
  if (facts.sign == AnswerSign::kTrouble) {
    trouble.Failed(place.granted_at, now);
    return;
  }
  trouble.Answered();
  if (facts.sign == AnswerSign::kPrimaryLimit || facts.sign == AnswerSign::kSecondaryLimit)
    closing_.Refused(facts, write, place.granted_at, now);
  if (facts.sign == AnswerSign::kFine || facts.sign == AnswerSign::kNotModified)
    closing_.Answered(write, place.granted_at);
}

void PacingState::CountPast(RequestKind kind, absl::Time when, absl::Time now) {
  Advance(now);
  windows_.CountPast(kind, std::min(when, now));
}

std::vector<PacingRoom> PacingState::Rooms(absl::Time now) {
  Advance(now);
  auto const room = [](PacingRule rule, int64_t limit, int64_t used) {
    return PacingRoom{rule, limit, std::max<int64_t>(limit - used, 0)};
  };
  return {
      room(PacingRule::kConcurrency, limits_.concurrent_requests,
           static_cast<int64_t>(places_.size())),
      room(PacingRule::kWritesSecond, limits_.writes_per_second, windows_.writes_second.used()),
      room(PacingRule::kWritesMinute, limits_.writes_per_minute, windows_.writes_minute.used()),
      room(PacingRule::kWritesHour, limits_.writes_per_hour, windows_.writes_hour.used()),
      room(PacingRule::kSecondaryPoints, limits_.secondary_points_per_minute,
           windows_.secondary.used()),
      {PacingRule::kPrimaryPoints, PrimaryLimit(), PrimaryLeft(now)},
  };
}

std::vector<PacingRefusal> PacingState::Closings() const {
  bool const primary = closing_.reason() == AnswerSign::kPrimaryLimit;
  absl::Time const never = absl::InfinitePast();
  return {{primary ? closing_.until() : never, PacingRule::kPrimaryLimit},
          {primary ? never : closing_.until(), PacingRule::kSecondaryLimit},
          {std::max(api_trouble_.until(), uploads_trouble_.until()), PacingRule::kTrouble}};
}

int64_t PacingState::Reserve() const {
  // A token with a small limit still gets half of it.
  return std::min<int64_t>(limits_.primary_reserve, host_.limit() / 2);
}

int64_t PacingState::PrimaryLimit() const { return host_.limit() - Reserve(); }

int64_t PacingState::PrimaryLeft(absl::Time now) const {
  int64_t const own = PrimaryLimit() - windows_.primary.used();
  int64_t const by_host = host_.left(now).value_or(host_.limit()) - Reserve();
  return std::max<int64_t>(std::min(own, by_host), 0);
}

int64_t PacingState::PrimaryUnderWay() const {
  int64_t points = 0;
  for (auto const& [id, place] : places_) points += PrimaryPointsHeld(place.kind);
  return points;
}

HostTrouble const& PacingState::TroubleOf(RequestKind kind) const {
  return kind == RequestKind::kUpload ? uploads_trouble_ : api_trouble_;
}

HostTrouble& PacingState::MutableTroubleOf(RequestKind kind) {
  return kind == RequestKind::kUpload ? uploads_trouble_ : api_trouble_;
}

}  // namespace probefarm
