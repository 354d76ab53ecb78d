#include "tests/testing/github/limiter.h"

#include <algorithm>

namespace probefarm::fake_github {
namespace {

constexpr int kReadPoints = 1;
constexpr int kWritePoints = 5;

int SecondaryPoints(FakeCallKind kind) { return IsWrite(kind) ? kWritePoints : kReadPoints; }

template <typename Window>
void Forget(Window& window, absl::Time before) {
  while (!window.empty() && window.begin()->second.at <= before) window.erase(window.begin());
}

template <typename Window>
int WeightSince(Window const& window, absl::Time after) {
  int weight = 0;
  for (auto entry = window.rbegin(); entry != window.rend() && entry->second.at > after; ++entry)
    weight += entry->second.weight;
  return weight;
}

// When so much of the last `length` is over that `weight` more fit.
template <typename Window>
absl::Duration UntilRoom(Window const& window, int room, absl::Duration length, absl::Time now) {
  int seen = 0;
  for (auto entry = window.rbegin(); entry != window.rend(); ++entry) {
    seen += entry->second.weight;
    if (seen > room) return std::max(entry->second.at + length - now, absl::Seconds(1));
  }
  return absl::Seconds(1);
}

}  // namespace

bool IsWrite(FakeCallKind kind) {
  switch (kind) {
    case FakeCallKind::kCreateRelease:
    case FakeCallKind::kPatchRelease:
    case FakeCallKind::kDeleteRelease:
    case FakeCallKind::kPatchAsset:
    case FakeCallKind::kDeleteAsset:
    case FakeCallKind::kUpload:
    case FakeCallKind::kPutContents:
    case FakeCallKind::kCreateToken:
      return true;
    default:
      return false;
  }
}

bool CreatesContent(FakeCallKind kind) {
  return kind == FakeCallKind::kCreateRelease || kind == FakeCallKind::kUpload ||
         kind == FakeCallKind::kPutContents;
}

Limiter::Admission Limiter::Begin(std::string const& login, int points_an_hour, FakeCallKind kind,
                                  absl::Time now) {
  Account& account = accounts_[login];
  if (now >= account.reset) {
    account.reset = now + absl::Hours(1);
    account.used = 0;
  }
  Forget(account.points, now - absl::Minutes(1));
  Forget(account.creations, now - absl::Hours(1));
  Admission admission{.refusal = Refuse(account, points_an_hour, kind, now)};
  if (admission.refusal) return admission;
  admission.ticket = next_ticket_++;
  most_concurrent_ = std::max<int64_t>(most_concurrent_, ++account.concurrent);
  account.points[admission.ticket] = {.at = now, .weight = SecondaryPoints(kind)};
  if (CreatesContent(kind)) account.creations[admission.ticket] = {.at = now, .weight = 1};
  return admission;
}

std::optional<Refusal> Limiter::Refuse(Account const& account, int points_an_hour,
                                       FakeCallKind kind, absl::Time now) const {
  if (limits_.off) return std::nullopt;
  if (account.used >= points_an_hour && kind != FakeCallKind::kRateLimit)
    return Refusal{.by = "primary", .retry_after = account.reset - now};
  if (account.concurrent >= limits_.concurrent)
    return Refusal{.by = "concurrent", .retry_after = absl::Seconds(1)};
  int const room = limits_.points_a_minute - SecondaryPoints(kind);
  if (WeightSince(account.points, now - absl::Minutes(1)) > room)
    return Refusal{.by = "points",
                   .retry_after = UntilRoom(account.points, room, absl::Minutes(1), now)};
  return CreatesContent(kind) ? RefuseCreation(account, now) : std::nullopt;
}

std::optional<Refusal> Limiter::RefuseCreation(Account const& account, absl::Time now) const {
  int const in_minute = limits_.creations_a_minute - 1;
  if (WeightSince(account.creations, now - absl::Minutes(1)) > in_minute)
    return Refusal{.by = "content-minute",
                   .retry_after = UntilRoom(account.creations, in_minute, absl::Minutes(1), now)};
  int const in_hour = limits_.creations_an_hour - 1;
  if (WeightSince(account.creations, now - absl::Hours(1)) > in_hour)
    return Refusal{.by = "content-hour",
                   .retry_after = UntilRoom(account.creations, in_hour, absl::Hours(1), now)};
  return std::nullopt;
}

void Limiter::End(std::string const& login, int64_t ticket, int points, bool free, absl::Time now) {
  Account& account = accounts_[login];
  --account.concurrent;
  if (free) account.points.erase(ticket);
  // Of a window that ended meanwhile: what it began with is over.
  if (now < account.reset) account.used += points;
  points_ += points;
}

PrimaryLimit Limiter::Primary(std::string const& login, int points_an_hour, absl::Time now) const {
  auto const found = accounts_.find(login);
  bool const running = found != accounts_.end() && now < found->second.reset;
  return {.limit = points_an_hour,
          .used = running ? found->second.used : 0,
          .reset = running ? found->second.reset : now + absl::Hours(1)};
}

void Limiter::ResetCounts() {
  points_ = 0;
  most_concurrent_ = 0;
}

}  // namespace probefarm::fake_github
