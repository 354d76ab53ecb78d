#include "coordinator/releases/github/pacing/pacing_windows.h"

namespace probefarm {
namespace {

// Calls `visit` with each window that the kind counts in by one request, by secondary and by
// primary points.
template <class Visit>
void VisitByRequest(PacingWindows& windows, RequestKind kind, Visit const& visit) {
  if (IsRead(kind)) return;
  visit(windows.writes_second);
  visit(windows.writes_minute);
  visit(windows.writes_hour);
}

template <class Visit>
void VisitBySecondary(PacingWindows& windows, RequestKind kind, Visit const& visit) {
  visit(windows.secondary);
  if (IsRead(kind)) visit(windows.secondary_of_reads);
}

template <class Visit>
void VisitByPrimary(PacingWindows& windows, RequestKind kind, Visit const& visit) {
  visit(windows.primary);
  if (IsRead(kind)) visit(windows.primary_of_reads);
}

}  // namespace

void PacingWindows::Advance(absl::Time now) {
  for (SlidingWindow* const window : {&writes_second, &writes_minute, &writes_hour, &secondary,
                                      &secondary_of_reads, &primary, &primary_of_reads})
    window->Advance(now);
}

void PacingWindows::Begin(PlaceId id, RequestKind kind, absl::Time now) {
  auto const begin = [&](int64_t cost) {
    return [id, cost, now](SlidingWindow& window) { window.Begin(id, cost, now); };
  };
  VisitByRequest(*this, kind, begin(1));
  VisitBySecondary(*this, kind, begin(SecondaryPoints(kind)));
  VisitByPrimary(*this, kind, begin(PrimaryPointsHeld(kind)));
}

void PacingWindows::End(PlaceId id, RequestKind kind, int http_status, absl::Time now) {
  auto const end = [&](int64_t cost) {
    return [id, cost, now](SlidingWindow& window) { window.End(id, cost, now); };
  };
  VisitByRequest(*this, kind, end(1));
  VisitBySecondary(*this, kind, end(SecondaryPoints(kind)));
  VisitByPrimary(*this, kind, end(PrimaryPoints(kind, http_status)));
}

void PacingWindows::CountPast(RequestKind kind, absl::Time when) {
  auto const count = [&](int64_t cost) {
    return [cost, when](SlidingWindow& window) { window.CountPast(cost, when); };
  };
  VisitByRequest(*this, kind, count(1));
  VisitBySecondary(*this, kind, count(SecondaryPoints(kind)));
  VisitByPrimary(*this, kind, count(PrimaryPointsHeld(kind)));
}

}  // namespace probefarm
