#include "coordinator/releases/github/pacing/closing.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);
constexpr AnswerFacts kSecondary{.sign = AnswerSign::kSecondaryLimit, .http_status = 403};

AnswerFacts Waiting(absl::Duration wait, AnswerSign sign = AnswerSign::kSecondaryLimit) {
  return {.sign = sign, .http_status = 403, .wait = wait};
}

class LimitClosingTest : public testing::Test {
 protected:
  // A request let through as soon as the gate is open, and refused a second later: how long the
  // gate is closed then.
  absl::Duration RefuseAnother(AnswerFacts const& facts = kSecondary) {
    now_ = std::max(now_, closing_.until()) + absl::Seconds(1);
    absl::Time const granted = now_;
    now_ += absl::Seconds(1);
    closing_.Refused(facts, true, granted, now_);
    return closing_.until() - now_;
  }

  LimitClosing closing_;
  absl::Time now_ = kNow;
};

TEST_F(LimitClosingTest, IsOpenToBeginWith) { EXPECT_LT(closing_.until(), kNow); }

TEST_F(LimitClosingTest, HonoursTheTimeThatTheHostNames) {
  EXPECT_EQ(RefuseAnother(Waiting(absl::Seconds(7))), absl::Seconds(7));
  EXPECT_EQ(RefuseAnother(Waiting(absl::Seconds(7), AnswerSign::kPrimaryLimit)), absl::Seconds(7));
  EXPECT_EQ(closing_.reason(), AnswerSign::kPrimaryLimit);
}

TEST_F(LimitClosingTest, WaitsAMinuteDoubledToAnHourWhenTheHostNamesNone) {
  for (int const minutes : {1, 2, 4, 8, 16, 32, 60, 60}) {
    EXPECT_EQ(RefuseAnother(), absl::Minutes(minutes));
  }
}

TEST_F(LimitClosingTest, StartsAgainAtAMinuteAfterASuccess) {
  RefuseAnother();
  RefuseAnother();
  closing_.Answered(true, closing_.until() + absl::Seconds(1));
  EXPECT_EQ(RefuseAnother(), absl::Minutes(1));
}

TEST_F(LimitClosingTest, CountsRequestsThatAreRefusedTogetherAsOne) {
  for (int i = 0; i < 100; ++i)
    closing_.Refused(kSecondary, true, kNow - absl::Seconds(i), kNow + absl::Milliseconds(i));
  EXPECT_EQ(closing_.until(), kNow + absl::Minutes(1));
}

TEST_F(LimitClosingTest, StaysClosedLongerWhenOneOfThemNamesALaterTime) {
  closing_.Refused(kSecondary, true, kNow, kNow);
  closing_.Refused(Waiting(absl::Minutes(5)), true, kNow, kNow);
  EXPECT_EQ(closing_.until(), kNow + absl::Minutes(5));
  closing_.Refused(Waiting(absl::Minutes(2)), true, kNow, kNow);
  EXPECT_EQ(closing_.until(), kNow + absl::Minutes(5));
}

TEST_F(LimitClosingTest, ASuccessFromBeforeTheRefusalProvesNothing) {
  RefuseAnother();
  closing_.Answered(true, now_ - absl::Seconds(1));
  EXPECT_EQ(RefuseAnother(), absl::Minutes(2));
}

TEST_F(LimitClosingTest, AReadProvesNothingAboutWrites) {
  RefuseAnother();
  closing_.Answered(false, closing_.until() + absl::Seconds(1));
  EXPECT_EQ(RefuseAnother(), absl::Minutes(2));
}

TEST_F(LimitClosingTest, AReadEndsTheRefusalOfReads) {
  closing_.Refused(kSecondary, false, kNow, kNow);
  closing_.Answered(false, closing_.until());
  EXPECT_EQ(RefuseAnother(), absl::Minutes(1));
}

class HostTroubleTest : public testing::Test {
 protected:
  // A trial as soon as there may be one, which fails at once: how long until the next one.
  absl::Duration FailTrial() {
    now_ = std::max(now_, trouble_.until()) + absl::Milliseconds(1);
    trouble_.Granted(now_);
    trouble_.Failed(now_, now_);
    return trouble_.until() - now_;
  }

  HostTrouble trouble_;
  absl::Time now_ = kNow;
};

TEST_F(HostTroubleTest, PausesASecondDoubledToAMinute) {
  for (int const seconds : {1, 2, 4, 8, 16, 32, 60, 60}) {
    EXPECT_EQ(FailTrial(), absl::Seconds(seconds));
  }
}

TEST_F(HostTroubleTest, EndsWithAnyAnswer) {
  FailTrial();
  FailTrial();
  trouble_.Answered();
  EXPECT_LT(trouble_.until(), now_);
  EXPECT_EQ(FailTrial(), absl::Seconds(1));
}

TEST_F(HostTroubleTest, CountsRequestsThatFailTogetherAsOne) {
  for (int i = 0; i < 100; ++i) trouble_.Failed(kNow, kNow + absl::Milliseconds(i));
  EXPECT_EQ(trouble_.failures(), 1);
  EXPECT_EQ(trouble_.until(), kNow + absl::Seconds(1));
}

TEST_F(HostTroubleTest, LetsOneThroughAtATimeWhileItLasts) {
  FailTrial();
  absl::Time const trial = trouble_.until();
  trouble_.Granted(trial);
  EXPECT_EQ(trouble_.until(), trial + absl::Seconds(1));
}

TEST_F(HostTroubleTest, HoldsNobodyBackWhileThereIsNone) {
  trouble_.Granted(kNow);
  EXPECT_LT(trouble_.until(), kNow);
}

}  // namespace
}  // namespace probefarm
