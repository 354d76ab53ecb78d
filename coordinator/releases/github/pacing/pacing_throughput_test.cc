#include <gtest/gtest.h>

#include <algorithm>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "coordinator/releases/github/pacing/pacing_history.h"
#include "coordinator/releases/github/pacing/pacing_state.h"
#include "lib/runtime/row_name.h"

namespace probefarm {
namespace {

absl::Time const kStart = absl::FromUnixSeconds(1'800'000'000);

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
               RequestKind::kWrite, absl::Seconds(1), 180 * 60},
        Demand{"SecondaryPointsBesideReads",
               LooseBut([](PacingLimits& l) { l.secondary_points_per_minute = 900; }),
               RequestKind::kUpload, absl::Seconds(1), 90 * 60, RequestKind::kRead},
        Demand{"PrimaryPoints", LooseBut([](PacingLimits& l) { l.primary_points_per_hour = 5000; }),
               RequestKind::kUpload, absl::Seconds(5), 2500},
        Demand{"ReadShare", LooseBut([](PacingLimits& l) { l.primary_points_per_hour = 5000; }),
               RequestKind::kRead, absl::Seconds(1), 2500},
        Demand{"Concurrency", LooseBut([](PacingLimits& l) { l.concurrent_requests = 10; }),
               RequestKind::kRead, absl::Seconds(10), 2 * 3600}),
    RowName());

}  // namespace
}  // namespace probefarm
