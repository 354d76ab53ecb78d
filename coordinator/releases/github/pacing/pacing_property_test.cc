#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "coordinator/releases/github/pacing/pacing_history.h"
#include "coordinator/releases/github/pacing/pacing_state.h"
#include "lib/runtime/test_setting.h"

namespace probefarm {
namespace {

absl::Time const kStart = absl::FromUnixSeconds(1'800'000'000);

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
          std::to_string(absl::ToUnixSeconds(now_ + absl::Seconds(Pick(4000) - 100)));
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
  std::vector<double> fullest(6);
  for (int seed = 0; seed < seeds; ++seed) {
    PacingLimits limits;
    if (seed % 4 == 1) limits = {2, 10, 60, 60, 300, 20, 0.3, 4};
    if (seed % 4 == 2) limits = {5, 100, 3000, 200, 3000, 0, 0.7, 20};
    if (seed % 4 == 3) limits = {20, 500, 100000, 5000, 300, 0, 0.6, 50};
    Storm storm(static_cast<uint64_t>(seed), limits);
    storm.Run(12'000);
    ExpectWithinLimits(storm.history(), limits);
    std::vector<double> const full = FullestWindows(storm.history(), limits);
    ASSERT_EQ(full.size(), fullest.size());
    for (size_t i = 0; i < full.size(); ++i) fullest[i] = std::max(fullest[i], full[i]);
    if (HasFailure()) FAIL() << "seed " << seed;
  }
  // Each limit was what held the storm back at some time.
  for (size_t i = 0; i < fullest.size(); ++i) EXPECT_GE(fullest[i], 0.95) << "limit " << i;
}

}  // namespace
}  // namespace probefarm
