#include "coordinator/releases/github/pacing/pacing_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);
constexpr AnswerFacts kFine{.sign = AnswerSign::kFine, .http_status = 200};
constexpr AnswerFacts kNotModified{.sign = AnswerSign::kNotModified, .http_status = 304};
constexpr AnswerFacts kTrouble{.sign = AnswerSign::kTrouble, .http_status = 502};
constexpr AnswerFacts kLimited{.sign = AnswerSign::kSecondaryLimit, .http_status = 403};

// Nothing is in the way but what a test sets.
PacingLimits Loose() {
  return {.writes_per_second = 1000,
          .writes_per_minute = 100'000,
          .writes_per_hour = 1'000'000,
          .secondary_points_per_minute = 1'000'000,
          .primary_points_per_hour = 1'000'000,
          .primary_reserve = 0,
          .concurrent_requests = 1000};
}

// A state and the time, which a test moves.
struct Paced {
  explicit Paced(PacingLimits const& limits) : state(limits) {}

  std::variant<PlaceId, PacingRefusal> Enter(RequestKind kind) { return state.Enter(kind, now); }
  PlaceId MustEnter(RequestKind kind) {
    std::variant<PlaceId, PacingRefusal> const entered = Enter(kind);
    if (std::holds_alternative<PlaceId>(entered)) return std::get<PlaceId>(entered);
    ADD_FAILURE() << "refused: " << Explain(std::get<PacingRefusal>(entered));
    return 0;
  }
  PacingRefusal MustRefuse(RequestKind kind) {
    std::variant<PlaceId, PacingRefusal> const entered = Enter(kind);
    if (auto const* refusal = std::get_if<PacingRefusal>(&entered)) return *refusal;
    ADD_FAILURE() << "let through";
    return {};
  }
  // Requests answered at once, until one is refused.
  int Drain(RequestKind kind, AnswerFacts const& facts = kFine) {
    for (int count = 0;; ++count) {
      std::variant<PlaceId, PacingRefusal> const entered = Enter(kind);
      if (std::holds_alternative<PacingRefusal>(entered)) return count;
      state.Leave(std::get<PlaceId>(entered), facts, now);
      if (count > 100'000) return count;
    }
  }
  void Finish(RequestKind kind, AnswerFacts const& facts = kFine) {
    state.Leave(MustEnter(kind), facts, now);
  }

  PacingState state;
  absl::Time now = kNow;
};

AnswerFacts WithPoints(int64_t limit, int64_t left, absl::Duration until_reset) {
  return {.sign = AnswerSign::kFine,
          .http_status = 200,
          .points = HostPoints{.limit = limit, .left = left, .until_reset = until_reset}};
}

TEST(PacingState, AllowsSoManyWritesASecondAMinuteAndAnHour) {
  struct Case {
    int PacingLimits::*limit;
    PacingRule rule;
    absl::Duration length;
  };
  for (Case const& c :
       {Case{&PacingLimits::writes_per_second, PacingRule::kWritesSecond, absl::Seconds(1)},
        Case{&PacingLimits::writes_per_minute, PacingRule::kWritesMinute, absl::Minutes(1)},
        Case{&PacingLimits::writes_per_hour, PacingRule::kWritesHour, absl::Hours(1)}}) {
    PacingLimits limits = Loose();
    limits.*c.limit = 3;
    Paced paced(limits);
    paced.Finish(RequestKind::kWrite);
    paced.Finish(RequestKind::kUpload);
    paced.Finish(RequestKind::kWrite);
    PacingRefusal const refusal = paced.MustRefuse(RequestKind::kUpload);
    EXPECT_EQ(refusal.rule, c.rule);
    EXPECT_EQ(refusal.until, kNow + c.length);
    paced.Finish(RequestKind::kRead);
    paced.now = refusal.until;
    paced.Finish(RequestKind::kUpload);
  }
}

TEST(PacingState, WeighsSecondaryPoints) {
  PacingLimits limits = Loose();
  limits.secondary_points_per_minute = 20;
  Paced paced(limits);
  paced.Finish(RequestKind::kWrite);
  paced.Finish(RequestKind::kUpload);
  for (int i = 0; i < 6; ++i) paced.Finish(RequestKind::kConditionalRead, kNotModified);
  EXPECT_EQ(paced.MustRefuse(RequestKind::kWrite).rule, PacingRule::kSecondaryPoints);
  EXPECT_EQ(paced.Drain(RequestKind::kRead), 4);
  EXPECT_EQ(paced.MustRefuse(RequestKind::kWrite).until, kNow + absl::Minutes(1));
}

TEST(PacingState, WeighsPrimaryPointsOnceTheAnswerIsKnown) {
  PacingLimits limits = Loose();
  limits.primary_points_per_hour = 60;
  limits.read_share = 0.95;
  Paced paced(limits);
  EXPECT_EQ(paced.Drain(RequestKind::kConditionalRead, kNotModified), 100'001);
  paced.Finish(RequestKind::kConditionalRead);                                             // 1
  paced.Finish(RequestKind::kUpload);                                                      // 2
  paced.Finish(RequestKind::kUpload, {.sign = AnswerSign::kRefused, .http_status = 422});  // 3
  paced.Finish(RequestKind::kUpload, {.sign = AnswerSign::kRefused, .http_status = 409});  // 2
  EXPECT_EQ(paced.Drain(RequestKind::kWrite), 60 - 8);
  EXPECT_EQ(paced.MustRefuse(RequestKind::kWrite).rule, PacingRule::kPrimaryPoints);
}

TEST(PacingState, KeepsAReserveOfPrimaryPoints) {
  PacingLimits limits = Loose();
  limits.primary_points_per_hour = 100;
  limits.primary_reserve = 30;
  Paced paced(limits);
  EXPECT_EQ(paced.Drain(RequestKind::kWrite), 70);
}

TEST(PacingState, LeavesUploadsTheirShareOfPrimaryPoints) {
  PacingLimits limits = Loose();
  limits.primary_points_per_hour = 100;
  limits.read_share = 0.4;
  Paced paced(limits);
  EXPECT_EQ(paced.Drain(RequestKind::kRead), 40);
  PacingRefusal const refusal = paced.MustRefuse(RequestKind::kConditionalRead);
  EXPECT_EQ(refusal.rule, PacingRule::kReadShare);
  EXPECT_EQ(refusal.until, kNow + absl::Hours(1));
  EXPECT_EQ(paced.Drain(RequestKind::kWrite), 60);
}

TEST(PacingState, LeavesUploadsTheirShareOfSecondaryPoints) {
  PacingLimits limits = Loose();
  limits.secondary_points_per_minute = 100;
  Paced paced(limits);
  EXPECT_EQ(paced.Drain(RequestKind::kRead), 50);
  EXPECT_EQ(paced.MustRefuse(RequestKind::kRead).until, kNow + absl::Minutes(1));
  EXPECT_EQ(paced.Drain(RequestKind::kUpload), 10);
}

TEST(PacingState, DividesWhatTheHostLeavesBetweenReadsAndUploads) {
  Paced paced(Loose());
  paced.Finish(RequestKind::kRead, WithPoints(1'000'000, 100, absl::Minutes(10)));
  // 101 are ours in all, of which reads get half and have used one.
  EXPECT_EQ(paced.Drain(RequestKind::kRead), 49);
  PacingRefusal const refusal = paced.MustRefuse(RequestKind::kRead);
  EXPECT_EQ(refusal.rule, PacingRule::kReadShare);
  EXPECT_EQ(refusal.until, kNow + absl::Minutes(10));
  EXPECT_EQ(paced.Drain(RequestKind::kWrite), 51);
}

TEST(PacingState, LetsSoManyRequestsRunAtATime) {
  PacingLimits limits = Loose();
  limits.concurrent_requests = 2;
  Paced paced(limits);
  PlaceId const first = paced.MustEnter(RequestKind::kRead);
  paced.MustEnter(RequestKind::kUpload);
  PacingRefusal const refusal = paced.MustRefuse(RequestKind::kRead);
  EXPECT_EQ(refusal.rule, PacingRule::kConcurrency);
  EXPECT_EQ(refusal.until, kNow + absl::Seconds(1));
  paced.state.Leave(first, kFine, paced.now);
  paced.MustEnter(RequestKind::kRead);
}

TEST(PacingState, CorrectsItsCountByTheHostsDownwards) {
  PacingLimits limits = Loose();
  limits.primary_reserve = 10;
  Paced paced(limits);
  paced.Finish(RequestKind::kWrite, WithPoints(1'000'000, 15, absl::Minutes(20)));
  EXPECT_EQ(paced.Drain(RequestKind::kWrite), 5);
  PacingRefusal const refusal = paced.MustRefuse(RequestKind::kWrite);
  EXPECT_EQ(refusal.rule, PacingRule::kHostPoints);
  EXPECT_EQ(refusal.until, kNow + absl::Minutes(20));
  EXPECT_THAT(Explain(refusal), HasSubstr("10 points left for this token"));
  paced.now = refusal.until;
  paced.Finish(RequestKind::kWrite);
}

TEST(PacingState, NeverCorrectsItsCountUpwards) {
  PacingLimits limits = Loose();
  limits.primary_points_per_hour = 60;
  Paced paced(limits);
  EXPECT_EQ(paced.Drain(RequestKind::kWrite, WithPoints(15'000, 14'000, absl::Minutes(20))), 60);
}

TEST(PacingState, TakesALowerLimitFromTheHostBeyondTheReset) {
  Paced paced(Loose());
  paced.Finish(RequestKind::kWrite, WithPoints(1000, 999, absl::Seconds(1)));
  paced.now += absl::Minutes(1);
  EXPECT_EQ(paced.Drain(RequestKind::kWrite), 999);
}

TEST(PacingState, GivesASmallTokenHalfOfItsPointsWhateverTheReserve) {
  PacingLimits limits = Loose();
  limits.primary_reserve = 5000;
  Paced paced(limits);
  paced.Finish(RequestKind::kWrite, WithPoints(1000, 999, absl::Minutes(20)));
  EXPECT_EQ(paced.Drain(RequestKind::kWrite), 499);
}

TEST(PacingState, ClosesForEveryoneAfterALimit) {
  Paced paced(Loose());
  paced.Finish(RequestKind::kUpload, kLimited);
  for (RequestKind const kind : {RequestKind::kRead, RequestKind::kConditionalRead,
                                 RequestKind::kWrite, RequestKind::kUpload}) {
    PacingRefusal const refusal = paced.MustRefuse(kind);
    EXPECT_EQ(refusal.rule, PacingRule::kSecondaryLimit);
    EXPECT_EQ(refusal.until, kNow + absl::Minutes(1));
  }
  paced.now = kNow + absl::Minutes(1);
  paced.Finish(RequestKind::kRead);
}

TEST(PacingState, StaysOpenAfterARefusalAboutPermissions) {
  Paced paced(Loose());
  paced.Finish(RequestKind::kWrite, {.sign = AnswerSign::kRefused, .http_status = 403});
  paced.Finish(RequestKind::kWrite);
}

TEST(PacingState, KeepsTroubleWithUploadsFromReads) {
  Paced paced(Loose());
  paced.Finish(RequestKind::kUpload, kTrouble);
  paced.Finish(RequestKind::kRead);
  EXPECT_EQ(paced.MustRefuse(RequestKind::kUpload).rule, PacingRule::kTrouble);
  paced.now += absl::Seconds(1);
  paced.Finish(RequestKind::kUpload);
  paced.Finish(RequestKind::kUpload);
}

// One trial a minute in the end: a host that is gone for long costs few requests, and work goes on
// within a minute of its return.
TEST(PacingState, ThreeHoursOfTroubleCostThreeHoursAndFewRequests) {
  Paced paced(PacingLimits{});
  int tried = 0;
  while (paced.now < kNow + absl::Hours(3)) {
    std::variant<PlaceId, PacingRefusal> const entered = paced.Enter(RequestKind::kUpload);
    if (auto const* refusal = std::get_if<PacingRefusal>(&entered)) {
      ASSERT_LE(refusal->until, paced.now + absl::Minutes(1));
      paced.now = refusal->until;
      continue;
    }
    ++tried;
    paced.now += absl::Milliseconds(20);
    paced.state.Leave(std::get<PlaceId>(entered), kTrouble, paced.now);
  }
  EXPECT_LE(tried, 190);
  EXPECT_GE(tried, 170);
  paced.now += absl::Minutes(1);
  paced.Finish(RequestKind::kUpload);
  paced.now += absl::Seconds(2);
  paced.Finish(RequestKind::kUpload);
}

TEST(PacingState, GivesUpAPlaceAtItsDeadlineAndCountsItOn) {
  PacingLimits limits = Loose();
  limits.concurrent_requests = 1;
  limits.writes_per_hour = 1;
  Paced paced(limits);
  paced.state.KeepUntil(paced.MustEnter(RequestKind::kUpload), kNow + absl::Minutes(30));
  EXPECT_THAT(paced.state.DropOverdue(kNow + absl::Minutes(29)), ElementsAre());
  paced.now = kNow + absl::Minutes(30);
  EXPECT_THAT(paced.state.DropOverdue(paced.now), ElementsAre(RequestKind::kUpload));
  paced.Finish(RequestKind::kRead);
  EXPECT_EQ(paced.MustRefuse(RequestKind::kWrite).rule, PacingRule::kWritesHour);
}

TEST(PacingState, HeedsTheAnswerToAPlaceThatItDoesNotKnow) {
  Paced paced(Loose());
  EXPECT_EQ(paced.state.Leave(77, kLimited, kNow), RequestKind::kUpload);
  EXPECT_EQ(paced.MustRefuse(RequestKind::kRead).rule, PacingRule::kSecondaryLimit);
}

TEST(PacingState, CountsAnAbandonedRequestOn) {
  PacingLimits limits = Loose();
  limits.writes_per_minute = 1;
  Paced paced(limits);
  EXPECT_EQ(paced.state.Abandon(paced.MustEnter(RequestKind::kWrite), kNow), RequestKind::kWrite);
  EXPECT_EQ(paced.state.Abandon(77, kNow), std::nullopt);
  EXPECT_EQ(paced.MustRefuse(RequestKind::kWrite).rule, PacingRule::kWritesMinute);
}

TEST(PacingState, CountsWhatAnEarlierRunDid) {
  PacingLimits limits = Loose();
  limits.writes_per_hour = 2;
  Paced paced(limits);
  paced.state.CountPast(RequestKind::kUpload, kNow - absl::Minutes(50), kNow);
  paced.state.CountPast(RequestKind::kUpload, kNow + absl::Minutes(50), kNow);
  EXPECT_EQ(paced.MustRefuse(RequestKind::kUpload).until, kNow + absl::Minutes(10));
}

TEST(PacingState, TakesATimeThatGoesBackForTheLastOne) {
  PacingLimits limits = Loose();
  limits.writes_per_minute = 1;
  Paced paced(limits);
  paced.Finish(RequestKind::kWrite);
  paced.now -= absl::Hours(1);
  EXPECT_EQ(paced.MustRefuse(RequestKind::kWrite).until, kNow + absl::Minutes(1));
}

TEST(PacingState, NamesTheRuleThatLastsLongest) {
  Paced paced(PacingLimits{});
  paced.Finish(RequestKind::kWrite, kLimited);
  EXPECT_EQ(paced.MustRefuse(RequestKind::kWrite).rule, PacingRule::kSecondaryLimit);
}

TEST(PacingState, ShowsTheRoomUnderEachRule) {
  Paced paced(PacingLimits{});
  paced.MustEnter(RequestKind::kUpload);
  std::map<PacingRule, std::pair<int64_t, int64_t>> rooms;
  for (PacingRoom const& room : paced.state.Rooms(kNow)) rooms[room.rule] = {room.limit, room.left};
  EXPECT_EQ(rooms[PacingRule::kConcurrency], std::pair(100L, 99L));
  EXPECT_EQ(rooms[PacingRule::kWritesSecond], std::pair(1L, 0L));
  EXPECT_EQ(rooms[PacingRule::kWritesMinute], std::pair(80L, 79L));
  EXPECT_EQ(rooms[PacingRule::kWritesHour], std::pair(500L, 499L));
  EXPECT_EQ(rooms[PacingRule::kSecondaryPoints], std::pair(900L, 895L));
  EXPECT_EQ(rooms[PacingRule::kPrimaryPoints], std::pair(4800L, 4797L));
}

TEST(PacingRule, IsExplainedInWords) {
  EXPECT_EQ(Explain({kNow, PacingRule::kWritesMinute, 80}),
            "the release host allows 80 new files a minute");
  EXPECT_EQ(Explain({kNow, PacingRule::kWritesSecond, 1}),
            "the release host allows 1 new file a second");
}

}  // namespace
}  // namespace probefarm
