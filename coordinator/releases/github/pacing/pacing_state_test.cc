#include "coordinator/releases/github/pacing/pacing_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/releases/github/pacing/paced.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;

constexpr AnswerFacts kTrouble{.sign = AnswerSign::kTrouble, .http_status = 502};
constexpr AnswerFacts kLimited{.sign = AnswerSign::kSecondaryLimit, .http_status = 403};

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
