#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <queue>
#include <random>
#include <vector>

#include "coordinator/releases/github/pacing/pacing_state.h"
#include "lib/runtime/row_name.h"
#include "lib/runtime/test_setting.h"

namespace probefarm {
namespace {

absl::Time const kStart = absl::FromUnixSeconds(1'800'000'000);

// A request as the host saw it. The host counts it anywhere between grant and answer, but within a
// twentieth of the window in question; `doubt` is where in that.
struct Seen {
  RequestKind kind;
  absl::Time granted;
  absl::Duration lasted;
  double doubt = 0;
  int http_status = 0;

  absl::Time At(absl::Duration length) const {
    return granted + std::min(lasted, length / 20) * doubt;
  }
};

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

void ExpectWithinLimits(std::vector<Seen> const& history, PacingLimits const& limits) {
  for (Spending const& spending : SpendingsOf(limits)) {
    EXPECT_LE(MostInAnyWindow(history, spending), spending.limit)
        << "in " << absl::FormatDuration(spending.length);
  }
}

// Callers, workers and a host that misbehave by a seed.
class Storm {
 public:
  Storm(uint64_t seed, PacingLimits const& limits)
      : random_(seed), limits_(limits), state_(limits) {}

  void Run(int steps) {
    for (int i = 0; i < steps; ++i) {
      now_ += absl::Milliseconds(Pick(20) == 0 ? Pick(120'000) : Pick(700));
      state_.DropOverdue(now_);
      AnswerThoseDue();
      for (int tries = Pick(6); tries > 0; --tries) Ask();
      EXPECT_LE(static_cast<int>(under_way_.size()), limits_.concurrent_requests);
    }
  }
  std::vector<Seen> const& history() const { return history_; }

 private:
  struct UnderWay {
    size_t seen;
    absl::Time answered;
    bool lost;
  };

  int Pick(int count) { return static_cast<int>(random_() % static_cast<uint64_t>(count)); }
  // Steps back at times, which must count as no step at all.
  absl::Time SeenNow() { return Pick(30) == 0 ? now_ - absl::Seconds(Pick(7200)) : now_; }

  void Ask() {
    auto const kind = static_cast<RequestKind>(Pick(4));
    std::variant<PlaceId, PacingRefusal> const entered = state_.Enter(kind, SeenNow());
    if (auto const* refusal = std::get_if<PacingRefusal>(&entered)) {
      EXPECT_GT(refusal->until, now_);
      return;
    }
    EXPECT_GE(now_, closed_until_);
    PlaceId const id = std::get<PlaceId>(entered);
    absl::Duration lasts = absl::Milliseconds(Pick(8) == 0 ? Pick(400'000) : Pick(2000));
    bool const lost = kind == RequestKind::kUpload && Pick(6) == 0;
    if (lost) state_.KeepUntil(id, now_ + lasts);
    under_way_[id] = {history_.size(), now_ + lasts, lost};
    history_.push_back({kind, now_, lasts, static_cast<double>(Pick(1001)) / 1000});
  }

  void AnswerThoseDue() {
    for (auto it = under_way_.begin(); it != under_way_.end();) {
      auto const [id, request] = *it++;
      if (request.answered > now_) continue;
      under_way_.erase(id);
      if (request.lost && Pick(2) == 0) continue;
      Answer(id, history_[request.seen]);
    }
  }

  void Answer(PlaceId id, Seen& seen) {
    seen.lasted = now_ - seen.granted;
    AnswerFacts const facts = Facts(seen.kind);
    // A free answer that took so long is not believed to be free any more.
    if (facts.http_status != 304 || seen.lasted < absl::Minutes(3))
      seen.http_status = facts.http_status;
    if (facts.wait.has_value()) closed_until_ = std::max(closed_until_, now_ + *facts.wait);
    state_.Leave(id, facts, SeenNow());
  }

  AnswerFacts Facts(RequestKind kind) {
    HostAnswer answer{.http_status = kind == RequestKind::kUpload ? 201 : 200};
    if (kind == RequestKind::kConditionalRead && Pick(2) == 0) answer.http_status = 304;
    if (Pick(3) == 0) {
      answer.headers["x-ratelimit-limit"] = Pick(2) == 0 ? "5000" : "99999999";
      answer.headers["x-ratelimit-remaining"] = std::to_string(4000 + Pick(1'000'000));
      answer.headers["x-ratelimit-reset"] =
          std::to_string(absl::ToUnixSeconds(now_) + Pick(4000) - 100);
    }
    int const fault = Pick(120);
    if (fault < 3) answer.http_status = fault == 0 ? 0 : 502;
    if (fault == 4) answer.http_status = 422;
    if (fault == 5) answer = {.http_status = 403, .headers = {{"retry-after", "45"}}};
    if (fault == 6) answer = {.http_status = 403, .message = "no permission"};
    return ReadAnswer(answer, now_);
  }

  std::mt19937_64 random_;
  PacingLimits const limits_;
  PacingState state_;
  absl::Time now_ = kStart;
  absl::Time closed_until_ = absl::InfinitePast();
  std::map<PlaceId, UnderWay> under_way_;
  std::vector<Seen> history_;
};

TEST(PacingProperty, NoWindowOfAnyLengthExceedsItsLimit) {
  int const seeds = TestSetting("PROBEFARM_PACING_SEEDS", 12);
  size_t granted = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    PacingLimits limits;
    if (seed % 3 == 1) limits = {2, 10, 60, 60, 300, 20, 0.3, 4};
    if (seed % 3 == 2) limits = {5, 100, 3000, 200, 3000, 0, 0.7, 20};
    Storm storm(static_cast<uint64_t>(seed), limits);
    storm.Run(12'000);
    ExpectWithinLimits(storm.history(), limits);
    granted += storm.history().size();
    if (HasFailure()) FAIL() << "seed " << seed;
  }
  EXPECT_GT(granted, static_cast<size_t>(seeds) * 500);
}

// How much a limit lets through of what it allows when it is the tightest.
struct Demand {
  std::string name;
  PacingLimits limits;
  RequestKind kind;
  absl::Duration lasts;      // each request, at most
  double allowed_an_hour;    // by the tightest limit
  RequestKind rival = kind;  // asks as often
};

void PrintTo(Demand const& demand, std::ostream* out) { *out << demand.name; }

PacingLimits Loose() { return {1000, 100'000, 1'000'000, 1'000'000, 1'000'000, 0, 0.5, 1000}; }

template <class Change>
PacingLimits LooseBut(Change const& change) {
  PacingLimits limits = Loose();
  change(limits);
  return limits;
}

class PacingThroughput : public testing::TestWithParam<Demand> {
 protected:
  // Asks at once, and then whenever it was told to or an answer came. Requests of the kind that
  // were let through in so many hours.
  int Run(absl::Duration hours) {
    absl::Time const end = now_ + hours;
    while (now_ < end) {
      absl::Time next = Drain(GetParam().kind);
      if (GetParam().rival != GetParam().kind) next = std::min(next, Drain(GetParam().rival));
      if (!answers_.empty()) next = std::min(next, answers_.top().first);
      now_ = next;
      AnswerThoseDue();
    }
    ExpectWithinLimits(history_, GetParam().limits);
    return static_cast<int>(std::count_if(history_.begin(), history_.end(), [](Seen const& seen) {
      return seen.kind == GetParam().kind;
    }));
  }

 private:
  using Answer = std::pair<absl::Time, PlaceId>;

  absl::Time Drain(RequestKind kind) {
    while (true) {
      std::variant<PlaceId, PacingRefusal> const entered = state_.Enter(kind, now_);
      if (auto const* refusal = std::get_if<PacingRefusal>(&entered)) return refusal->until;
      absl::Duration const lasts = GetParam().lasts * static_cast<double>(random_() % 1000) / 1000;
      answers_.emplace(now_ + lasts, std::get<PlaceId>(entered));
      history_.push_back({kind, now_, lasts, static_cast<double>(random_() % 1001) / 1000, 200});
    }
  }
  void AnswerThoseDue() {
    while (!answers_.empty() && answers_.top().first <= now_) {
      state_.Leave(answers_.top().second, {.sign = AnswerSign::kFine, .http_status = 200}, now_);
      answers_.pop();
    }
  }

  std::mt19937_64 random_{7};
  PacingState state_{GetParam().limits};
  absl::Time now_ = kStart;
  std::priority_queue<Answer, std::vector<Answer>, std::greater<>> answers_;
  std::vector<Seen> history_;
};

TEST_P(PacingThroughput, IsAtLeast95PercentOfWhatTheTightestLimitAllows) {
  constexpr int kHours = 4;
  EXPECT_GE(Run(absl::Hours(kHours)), 0.95 * kHours * GetParam().allowed_an_hour);
}

INSTANTIATE_TEST_SUITE_P(
    OfEachLimit, PacingThroughput,
    testing::Values(
        Demand{"Defaults", PacingLimits(), RequestKind::kUpload, absl::Seconds(20), 500},
        Demand{"DefaultsBesideReads", PacingLimits(), RequestKind::kUpload, absl::Seconds(20), 500,
               RequestKind::kRead},
        Demand{"WritesASecond", LooseBut([](PacingLimits& l) { l.writes_per_second = 1; }),
               RequestKind::kWrite, absl::Seconds(3), 3600},
        Demand{"WritesAMinute", LooseBut([](PacingLimits& l) { l.writes_per_minute = 80; }),
               RequestKind::kUpload, absl::Minutes(2), 4800},
        Demand{"SecondaryPoints",
               LooseBut([](PacingLimits& l) { l.secondary_points_per_minute = 900; }),
               RequestKind::kWrite, absl::Seconds(1), 900 / 5 * 60},
        Demand{"SecondaryPointsBesideReads",
               LooseBut([](PacingLimits& l) { l.secondary_points_per_minute = 900; }),
               RequestKind::kUpload, absl::Seconds(1), 450 / 5 * 60, RequestKind::kRead},
        Demand{"PrimaryPoints", LooseBut([](PacingLimits& l) { l.primary_points_per_hour = 5000; }),
               RequestKind::kUpload, absl::Seconds(5), 2500},
        Demand{"ReadShare", LooseBut([](PacingLimits& l) { l.primary_points_per_hour = 5000; }),
               RequestKind::kRead, absl::Seconds(1), 2500},
        Demand{"Concurrency", LooseBut([](PacingLimits& l) { l.concurrent_requests = 10; }),
               RequestKind::kRead, absl::Seconds(10), 10 * 3600 / 5}),
    RowName());

}  // namespace
}  // namespace probefarm
