#include "coordinator/releases/github/pacing/host_count.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);

HostPoints Points(int64_t left, absl::Duration until_reset = absl::Minutes(30)) {
  return {.limit = 5000, .left = left, .until_reset = until_reset};
}

class HostCountTest : public testing::Test {
 protected:
  HostCount count_{5000};
};

TEST_F(HostCountTest, KnowsNothingBeforeTheHostHasSaidAnything) {
  EXPECT_FALSE(count_.left(kNow).has_value());
  EXPECT_EQ(count_.limit(), 5000);
}

TEST_F(HostCountTest, LeavesRoomForWhatTheHostMayNotHaveCountedYet) {
  count_.Observe(Points(100), 7, kNow);
  EXPECT_EQ(count_.left(kNow), 93);
  count_.Take(3);
  EXPECT_EQ(count_.left(kNow), 90);
  count_.GiveBack(1);
  EXPECT_EQ(count_.left(kNow), 91);
}

TEST_F(HostCountTest, BelievesTheLeastOfOneHourWhateverTheOrderOfAnswers) {
  count_.Observe(Points(100), 0, kNow);
  count_.Observe(Points(103), 0, kNow + absl::Seconds(1));
  EXPECT_EQ(count_.left(kNow), 100);
  count_.Observe(Points(40), 0, kNow + absl::Seconds(2));
  EXPECT_EQ(count_.left(kNow), 40);
}

TEST_F(HostCountTest, ForgetsAnHourThatIsOver) {
  count_.Observe(Points(3), 0, kNow);
  EXPECT_EQ(count_.left(kNow + absl::Minutes(30) - absl::Seconds(1)), 3);
  EXPECT_FALSE(count_.left(kNow + absl::Minutes(30)).has_value());
  count_.Observe(Points(4999, absl::Hours(1)), 0, kNow + absl::Minutes(31));
  EXPECT_EQ(count_.left(kNow + absl::Minutes(31)), 4999);
}

TEST_F(HostCountTest, KeepsAResetThatTheHostPushesBackASecondWithEachAnswer) {
  for (int i = 0; i < 1800; ++i)
    count_.Observe(Points(3, absl::Minutes(30) + absl::Seconds(1)), 0, kNow + absl::Seconds(i));
  EXPECT_LE(count_.resets(), kNow + absl::Minutes(62));
}

TEST_F(HostCountTest, TakesALowerLimitAndNeverAHigherOne) {
  count_.Observe({.limit = 1000, .left = 1000}, 0, kNow);
  EXPECT_EQ(count_.limit(), 1000);
  count_.Observe({.limit = 15000, .left = 15000}, 0, kNow + absl::Hours(2));
  EXPECT_EQ(count_.limit(), 5000);
  EXPECT_EQ(count_.left(kNow + absl::Hours(2)), 5000);
  count_.GiveBack(10);
  EXPECT_EQ(count_.left(kNow + absl::Hours(2)), 5000);
}

TEST_F(HostCountTest, KeepsItsLimitWhenTheHostNamesNone) {
  count_.Observe({.limit = 1000, .left = 10}, 0, kNow);
  count_.Observe({.left = 9}, 0, kNow);
  EXPECT_EQ(count_.limit(), 1000);
}

TEST_F(HostCountTest, IsNeverBelowZero) {
  count_.Observe(Points(2), 5, kNow);
  EXPECT_EQ(count_.left(kNow), 0);
}

}  // namespace
}  // namespace probefarm
