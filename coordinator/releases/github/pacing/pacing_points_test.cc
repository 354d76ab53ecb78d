#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/releases/github/pacing/paced.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

constexpr AnswerFacts kNotModified{.sign = AnswerSign::kNotModified, .http_status = 304};

AnswerFacts WithPoints(int64_t limit, int64_t left, absl::Duration until_reset) {
  return {.sign = AnswerSign::kFine,
          .http_status = 200,
          .points = HostPoints{.limit = limit, .left = left, .until_reset = until_reset}};
}

TEST(PacingPoints, WeighsSecondaryPoints) {
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

TEST(PacingPoints, WeighsPrimaryPointsOnceTheAnswerIsKnown) {
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

TEST(PacingPoints, KeepsAReserveOfPrimaryPoints) {
  PacingLimits limits = Loose();
  limits.primary_points_per_hour = 100;
  limits.primary_reserve = 30;
  Paced paced(limits);
  EXPECT_EQ(paced.Drain(RequestKind::kWrite), 70);
}

TEST(PacingPoints, LeavesUploadsTheirShareOfPrimaryPoints) {
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

TEST(PacingPoints, LeavesUploadsTheirShareOfSecondaryPoints) {
  PacingLimits limits = Loose();
  limits.secondary_points_per_minute = 100;
  Paced paced(limits);
  EXPECT_EQ(paced.Drain(RequestKind::kRead), 50);
  EXPECT_EQ(paced.MustRefuse(RequestKind::kRead).until, kNow + absl::Minutes(1));
  EXPECT_EQ(paced.Drain(RequestKind::kUpload), 10);
}

TEST(PacingPoints, DividesWhatTheHostLeavesBetweenReadsAndUploads) {
  Paced paced(Loose());
  paced.Finish(RequestKind::kRead, WithPoints(1'000'000, 100, absl::Minutes(10)));
  // 101 are ours in all, of which reads get half and have used one.
  EXPECT_EQ(paced.Drain(RequestKind::kRead), 49);
  PacingRefusal const refusal = paced.MustRefuse(RequestKind::kRead);
  EXPECT_EQ(refusal.rule, PacingRule::kReadShare);
  EXPECT_EQ(refusal.until, kNow + absl::Minutes(10));
  EXPECT_EQ(paced.Drain(RequestKind::kWrite), 51);
}

TEST(PacingPoints, CorrectsItsCountByTheHostsDownwards) {
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

TEST(PacingPoints, NeverCorrectsItsCountUpwards) {
  PacingLimits limits = Loose();
  limits.primary_points_per_hour = 60;
  Paced paced(limits);
  EXPECT_EQ(paced.Drain(RequestKind::kWrite, WithPoints(15'000, 14'000, absl::Minutes(20))), 60);
}

TEST(PacingPoints, TakesALowerLimitFromTheHostBeyondTheReset) {
  Paced paced(Loose());
  paced.Finish(RequestKind::kWrite, WithPoints(1000, 999, absl::Seconds(1)));
  paced.now += absl::Minutes(1);
  EXPECT_EQ(paced.Drain(RequestKind::kWrite), 999);
}

TEST(PacingPoints, GivesASmallTokenHalfOfItsPointsWhateverTheReserve) {
  PacingLimits limits = Loose();
  limits.primary_reserve = 5000;
  Paced paced(limits);
  paced.Finish(RequestKind::kWrite, WithPoints(1000, 999, absl::Minutes(20)));
  EXPECT_EQ(paced.Drain(RequestKind::kWrite), 499);
}

}  // namespace
}  // namespace probefarm
