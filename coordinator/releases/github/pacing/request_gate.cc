#include "coordinator/releases/github/pacing/request_gate.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

constexpr PlaceId kNoPlace = 0;

constexpr char kRequests[] = "probefarm_release_host_requests_total";
constexpr char kWaits[] = "probefarm_release_host_waits_total";
constexpr char kLimit[] = "probefarm_release_host_limit";
constexpr char kLeft[] = "probefarm_release_host_left";
constexpr char kClosed[] = "probefarm_release_host_closed_until_seconds";

}  // namespace

RequestPlace::RequestPlace(RequestPlace&& other) noexcept
    : gate_(other.gate_), id_(other.Release()) {}

RequestPlace& RequestPlace::operator=(RequestPlace&& other) noexcept {
  if (this == &other) return *this;
  if (id_ != kNoPlace) gate_->Abandon(id_);
  gate_ = other.gate_;
  id_ = other.Release();
  return *this;
}

RequestPlace::~RequestPlace() {
  if (id_ != kNoPlace) gate_->Abandon(id_);
}

PlaceId RequestPlace::Release() { return std::exchange(id_, kNoPlace); }

RequestGate::RequestGate(PacingLimits const& limits, Clock const& clock, Metrics& metrics)
    : clock_(clock),
      metrics_(metrics),
      start_(clock.Now()),
      start_since_boot_(clock.SinceBoot()),
      state_(limits) {
  ShowState();
}

absl::Time RequestGate::SteadyNow() const {
  return start_ + (clock_.SinceBoot() - start_since_boot_);
}

absl::Time RequestGate::ToWall(absl::Time steady) const {
  return clock_.Now() + (steady - SteadyNow());
}

std::variant<RequestPlace, WaitUntil> RequestGate::Enter(RequestKind kind) {
  DropOverdue();
  std::variant<PlaceId, PacingRefusal> const entered = [&] {
    MutexLock lock(mu_);
    return state_.Enter(kind, SteadyNow());
  }();
  ShowState();
  if (auto const* refusal = std::get_if<PacingRefusal>(&entered)) return Describe(kind, *refusal);
  return RequestPlace(this, std::get<PlaceId>(entered));
}

WaitUntil RequestGate::Describe(RequestKind kind, PacingRefusal const& refusal) {
  metrics_.Count(
      kWaits, "Requests to the release host that were told to wait, by rule",
      {{"kind", std::string(NameOf(kind))}, {"rule", std::string(NameOf(refusal.rule))}});
  absl::Time const next = ToWall(refusal.until);
  return {next, absl::StrCat(Explain(refusal), "; next at ",
                             absl::FormatTime(absl::RFC3339_sec, next, absl::UTCTimeZone()))};
}

PlaceId RequestGate::Keep(RequestPlace place, absl::Time deadline) {
  PlaceId const id = place.Release();
  MutexLock lock(mu_);
  state_.KeepUntil(id, SteadyNow() + (deadline - clock_.Now()));
  return id;
}

void RequestGate::Leave(RequestPlace place, HostAnswer const& answer) {
  Leave(place.Release(), answer);
}

void RequestGate::Leave(PlaceId id, HostAnswer const& answer) {
  DropOverdue();
  AnswerFacts const facts = ReadAnswer(answer, clock_.Now());
  RequestKind const kind = [&] {
    MutexLock lock(mu_);
    return state_.Leave(id, facts, SteadyNow());
  }();
  CountOutcome(kind, NameOf(facts.sign));
  ShowState();
}

void RequestGate::Abandon(PlaceId id) {
  std::optional<RequestKind> const kind = [&] {
    MutexLock lock(mu_);
    return state_.Abandon(id, SteadyNow());
  }();
  if (kind.has_value()) CountOutcome(*kind, "abandoned");
}

void RequestGate::CountPast(RequestKind kind, absl::Time when) {
  MutexLock lock(mu_);
  absl::Time const now = SteadyNow();
  state_.CountPast(kind, now + (when - clock_.Now()), now);
}

void RequestGate::RunOnce() {
  DropOverdue();
  ShowState();
}

void RequestGate::DropOverdue() {
  std::vector<RequestKind> const dropped = [&] {
    MutexLock lock(mu_);
    return state_.DropOverdue(SteadyNow());
  }();
  for (RequestKind const kind : dropped) CountOutcome(kind, "overdue");
}

void RequestGate::CountOutcome(RequestKind kind, absl::string_view outcome) {
  metrics_.Count(kRequests, "Requests to the release host, by what came of them",
                 {{"kind", std::string(NameOf(kind))}, {"outcome", std::string(outcome)}});
}

void RequestGate::ShowState() {
  std::vector<PacingRoom> rooms;
  std::vector<PacingRefusal> closings;
  absl::Time const now = SteadyNow();
  {
    MutexLock lock(mu_);
    rooms = state_.Rooms(now);
    closings = state_.Closings();
  }
  for (PacingRoom const& room : rooms) {
    MetricLabels const labels = {{"rule", std::string(NameOf(room.rule))}};
    metrics_.Set(kLimit, "What may be spent at the release host", labels,
                 static_cast<double>(room.limit));
    metrics_.Set(kLeft, "What of that can be spent now", labels, static_cast<double>(room.left));
  }
  for (PacingRefusal const& closing : closings) {
    double const until =
        closing.until > now ? absl::ToDoubleSeconds(ToWall(closing.until) - absl::UnixEpoch()) : 0;
    metrics_.Set(kClosed, "Until when no request is made (Unix time); 0: open",
                 {{"reason", std::string(NameOf(closing.rule))}}, until);
  }
}

}  // namespace probefarm
