#include "coordinator/releases/github/pacing/request_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "lib/runtime/fake_clock.h"
#include "lib/runtime/run_at_once.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr RequestKind kUpload = RequestKind::kUpload;
constexpr RequestKind kRead = RequestKind::kRead;
constexpr int kThreads = 8;

class RequestGateTest : public testing::Test {
 protected:
  RequestPlace MustEnter(RequestKind kind) {
    std::variant<RequestPlace, WaitUntil> entered = gate_.Enter(kind);
    if (auto const* wait = std::get_if<WaitUntil>(&entered)) ADD_FAILURE() << wait->why;
    return std::get<RequestPlace>(std::move(entered));
  }
  WaitUntil MustWait(RequestKind kind) {
    std::variant<RequestPlace, WaitUntil> const entered = gate_.Enter(kind);
    if (auto const* wait = std::get_if<WaitUntil>(&entered)) return *wait;
    ADD_FAILURE() << "let through";
    return {};
  }

  FakeClock clock_;
  Metrics metrics_;
  RequestGate gate_{
      {.writes_per_second = 3, .primary_reserve = 0, .concurrent_requests = 2}, clock_, metrics_};
};

TEST_F(RequestGateTest, SaysWhenToAskAgainAndWhy) {
  for (int i = 0; i < 3; ++i) gate_.Leave(MustEnter(kUpload), {.http_status = 201});
  WaitUntil const wait = MustWait(kUpload);
  EXPECT_EQ(wait.not_before, clock_.Now() + absl::Seconds(1));
  EXPECT_EQ(wait.why,
            "the release host allows 3 new files a second; next at 2027-01-15T08:00:01+00:00");
  clock_.Advance(absl::Seconds(1));
  MustEnter(kUpload);
}

TEST_F(RequestGateTest, TakesAPlaceBackThatIsForgotten) {
  {
    RequestPlace const one = MustEnter(kRead);
    RequestPlace const two = MustEnter(kRead);
    MustWait(kRead);
  }
  MustEnter(kRead);
  EXPECT_THAT(metrics_.Render(), HasSubstr("outcome=\"abandoned\""));
}

TEST_F(RequestGateTest, APlaceThatIsMovedIsHeldOnce) {
  RequestPlace one = MustEnter(kRead);
  RequestPlace two = std::move(one);
  RequestPlace other = MustEnter(kRead);
  MustWait(kRead);
  two = std::move(other);
  RequestPlace const next = MustEnter(kRead);
  MustWait(kRead);
}

TEST_F(RequestGateTest, HoldsAKeptPlaceUntilItIsLeft) {
  PlaceId const id = gate_.Keep(MustEnter(kUpload), clock_.Now() + absl::Minutes(30));
  RequestPlace const other = MustEnter(kRead);
  clock_.Advance(absl::Minutes(29));
  MustWait(kRead);
  gate_.Leave(id, {.http_status = 201});
  MustEnter(kRead);
}

TEST_F(RequestGateTest, HoldsAKeptPlaceUntilItsDeadlineHoweverTheClockIsSet) {
  gate_.Keep(MustEnter(kUpload), clock_.Now() + absl::Minutes(30));
  RequestPlace const other = MustEnter(kRead);
  clock_.Jump(absl::Hours(5));
  clock_.Advance(absl::Minutes(29));
  MustWait(kRead);
  clock_.Advance(absl::Minutes(1));
  MustEnter(kRead);
  EXPECT_THAT(metrics_.Render(), HasSubstr("kind=\"upload\",outcome=\"overdue\"} 1"));
}

TEST_F(RequestGateTest, ClosesForEveryoneAndSaysWhy) {
  gate_.Leave(MustEnter(kUpload),
              {.http_status = 403, .headers = {{"retry-after", "120"}}, .message = "slow down"});
  WaitUntil const wait = MustWait(kRead);
  EXPECT_EQ(wait.not_before, clock_.Now() + absl::Minutes(2));
  EXPECT_THAT(wait.why, HasSubstr("secondary rate limit"));
  EXPECT_THAT(metrics_.Render(),
              AllOf(HasSubstr("closed_until_seconds{reason=\"secondary_limit\"} 1800000120"),
                    HasSubstr("closed_until_seconds{reason=\"primary_limit\"} 0")));
  clock_.Advance(absl::Minutes(2));
  gate_.RunOnce();
  EXPECT_THAT(metrics_.Render(), HasSubstr("{reason=\"secondary_limit\"} 0"));
}

TEST_F(RequestGateTest, HeedsAnAnswerThatComesAfterTheDeadline) {
  PlaceId const id = gate_.Keep(MustEnter(kUpload), clock_.Now() + absl::Seconds(1));
  clock_.Advance(absl::Seconds(2));
  gate_.RunOnce();
  gate_.Leave(id, {.http_status = 429});
  MustWait(kRead);
}

TEST_F(RequestGateTest, IsNotOpenedByAClockThatIsSet) {
  for (int i = 0; i < 3; ++i) gate_.Leave(MustEnter(kUpload), {.http_status = 201});
  clock_.Jump(absl::Hours(2));
  EXPECT_EQ(MustWait(kUpload).not_before, clock_.Now() + absl::Seconds(1));
  clock_.Jump(-absl::Hours(4));
  EXPECT_EQ(MustWait(kUpload).not_before, clock_.Now() + absl::Seconds(1));
}

TEST_F(RequestGateTest, ShowsWhatTheBudgetIsAndWhatIsLeft) {
  gate_.Leave(MustEnter(kUpload), {.http_status = 201});
  MustEnter(kRead);
  std::string const page = metrics_.Render();
  EXPECT_THAT(page, HasSubstr("probefarm_release_host_limit{rule=\"writes_hour\"} 500"));
  EXPECT_THAT(page, HasSubstr("probefarm_release_host_left{rule=\"writes_hour\"} 499"));
  EXPECT_THAT(page, HasSubstr("probefarm_release_host_limit{rule=\"primary_points\"} 5000"));
  EXPECT_THAT(page, HasSubstr("requests_total{kind=\"upload\",outcome=\"fine\"} 1"));
  clock_.Advance(absl::Hours(2));
  gate_.RunOnce();
  EXPECT_THAT(metrics_.Render(),
              HasSubstr("probefarm_release_host_left{rule=\"primary_points\"} 5000"));
}

TEST_F(RequestGateTest, CountsWaitsByTheirRule) {
  for (int i = 0; i < 3; ++i) gate_.Leave(MustEnter(kUpload), {.http_status = 201});
  MustWait(kUpload);
  EXPECT_THAT(metrics_.Render(),
              HasSubstr("waits_total{kind=\"upload\",rule=\"writes_second\"} 1"));
}

TEST_F(RequestGateTest, CountsWhatAnEarlierRunDid) {
  for (int i = 0; i < 500; ++i)
    gate_.CountPast(kUpload, clock_.Now() - absl::Minutes(50) + absl::Seconds(i));
  EXPECT_EQ(MustWait(kUpload).not_before, clock_.Now() + absl::Minutes(10));
}

TEST_F(RequestGateTest, LetsManyThreadsInNoFasterThanOne) {
  std::atomic<int> let_through = 0;
  RunAtOnce(kThreads, [&](int) {
    for (int j = 0; j < 50; ++j) {
      std::variant<RequestPlace, WaitUntil> entered = gate_.Enter(kUpload);
      if (auto* place = std::get_if<RequestPlace>(&entered)) {
        ++let_through;
        gate_.Leave(std::move(*place), {.http_status = 201});
      }
    }
  });
  EXPECT_EQ(let_through, 3);
}

}  // namespace
}  // namespace probefarm
