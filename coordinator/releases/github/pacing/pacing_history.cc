#include "coordinator/releases/github/pacing/pacing_history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace probefarm {
namespace {

struct Spending {
  absl::Duration length;
  int64_t limit;
  int64_t (*cost)(Seen const&);
};

int64_t WriteCost(Seen const& seen) { return IsRead(seen.kind) ? 0 : 1; }
int64_t SecondaryCost(Seen const& seen) { return SecondaryPoints(seen.kind); }
int64_t PrimaryCost(Seen const& seen) { return PrimaryPoints(seen.kind, seen.http_status); }
int64_t PrimaryCostOfReads(Seen const& seen) { return IsRead(seen.kind) ? PrimaryCost(seen) : 0; }

std::vector<Spending> SpendingsOf(PacingLimits const& limits) {
  int64_t const primary = limits.primary_points_per_hour - limits.primary_reserve;
  auto const reads = static_cast<int64_t>(limits.read_share * static_cast<double>(primary));
  return {{absl::Seconds(1), limits.writes_per_second, WriteCost},
          {absl::Minutes(1), limits.writes_per_minute, WriteCost},
          {absl::Hours(1), limits.writes_per_hour, WriteCost},
          {absl::Minutes(1), limits.secondary_points_per_minute, SecondaryCost},
          {absl::Hours(1), primary, PrimaryCost},
          {absl::Hours(1), reads, PrimaryCostOfReads}};
}

// The most that any span of the length cost.
int64_t MostInAnyWindow(std::vector<Seen> const& history, Spending const& spending) {
  std::vector<std::pair<absl::Time, int64_t>> spent;
  spent.reserve(history.size());
  for (Seen const& seen : history)
    spent.emplace_back(seen.At(spending.length), spending.cost(seen));
  std::sort(spent.begin(), spent.end());
  int64_t most = 0;
  int64_t now = 0;
  size_t first = 0;
  for (auto const& [at, cost] : spent) {
    now += cost;
    while (spent[first].first + spending.length <= at) now -= spent[first++].second;
    most = std::max(most, now);
  }
  return most;
}

}  // namespace

std::vector<double> FullestWindows(std::vector<Seen> const& history, PacingLimits const& limits) {
  std::vector<double> fullest;
  for (Spending const& spending : SpendingsOf(limits)) {
    fullest.push_back(static_cast<double>(MostInAnyWindow(history, spending)) /
                      static_cast<double>(spending.limit));
  }
  return fullest;
}

void ExpectWithinLimits(std::vector<Seen> const& history, PacingLimits const& limits) {
  for (Spending const& spending : SpendingsOf(limits)) {
    EXPECT_LE(MostInAnyWindow(history, spending), spending.limit)
        << "in " << absl::FormatDuration(spending.length);
  }
}

}  // namespace probefarm
