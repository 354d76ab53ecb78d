#include "tests/testing/github/limiter.h"

#include <gtest/gtest.h>

namespace probefarm::fake_github {
namespace {

constexpr FakeCallKind kRead = FakeCallKind::kGetRelease;
constexpr FakeCallKind kUpload = FakeCallKind::kUpload;
constexpr FakeCallKind kPatch = FakeCallKind::kPatchAsset;

// One call after the other, each ended before the next. The limit's name, or "".
class LimiterTest : public testing::Test {
 protected:
  std::string Do(FakeCallKind kind, int points = 1, bool free = false, std::string login = "a") {
    auto const admission = limiter.Begin(login, hourly, kind, now);
    if (admission.refusal) {
      retry_after = admission.refusal->retry_after;
      return admission.refusal->by;
    }
    limiter.End(login, admission.ticket, points, free, now);
    return "";
  }

  std::string DoMany(int calls, FakeCallKind kind) {
    for (int i = 0; i < calls; ++i)
      if (std::string by = Do(kind); !by.empty()) return by + " at " + std::to_string(i);
    return "";
  }

  Limiter limiter;
  int hourly = 5000;
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  absl::Duration retry_after;
};

TEST_F(LimiterTest, LetsNineHundredPointsPassInAMinute) {
  EXPECT_EQ(DoMany(901, kRead), "points at 900");
  now += absl::Seconds(59);
  EXPECT_EQ(Do(kRead), "points");
  EXPECT_EQ(retry_after, absl::Seconds(1));
  now += absl::Seconds(1);
  EXPECT_EQ(Do(kRead), "");
}

TEST_F(LimiterTest, CountsAWriteAsFivePoints) { EXPECT_EQ(DoMany(181, kPatch), "points at 180"); }

TEST_F(LimiterTest, LetsEightyCreationsPassInAMinute) {
  EXPECT_EQ(DoMany(81, kUpload), "content-minute at 80");
  EXPECT_EQ(retry_after, absl::Minutes(1));
  EXPECT_EQ(Do(kPatch), "");
}

TEST_F(LimiterTest, LetsFiveHundredCreationsPassInAnHour) {
  for (int minute = 0; minute < 10; ++minute) {
    EXPECT_EQ(DoMany(50, kUpload), "");
    now += absl::Minutes(1);
  }
  EXPECT_EQ(Do(kUpload), "content-hour");
  EXPECT_EQ(retry_after, absl::Minutes(50));
  now += absl::Minutes(50);
  EXPECT_EQ(DoMany(51, kUpload), "content-hour at 50");
}

TEST_F(LimiterTest, LetsTheHourlyPointsPassAndBeginsANewHour) {
  hourly = 10;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Do(kUpload, /*points=*/2), "");
  EXPECT_EQ(limiter.Primary("a", hourly, now).remaining(), 0);
  EXPECT_EQ(Do(kRead), "primary");
  EXPECT_EQ(Do(FakeCallKind::kRateLimit, /*points=*/0), "");
  now += absl::Hours(1);
  EXPECT_EQ(limiter.Primary("a", hourly, now).used, 0);
  EXPECT_EQ(Do(kRead), "");
}

TEST_F(LimiterTest, LetsOneHundredCallsRunAtOnce) {
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(limiter.Begin("a", hourly, kRead, now).refusal);
  auto const refused = limiter.Begin("a", hourly, kRead, now);
  ASSERT_TRUE(refused.refusal);
  EXPECT_EQ(refused.refusal->by, "concurrent");
  limiter.End("a", 1, 1, false, now);
  EXPECT_FALSE(limiter.Begin("a", hourly, kRead, now).refusal);
  EXPECT_EQ(limiter.most_concurrent(), 100);
}

TEST_F(LimiterTest, CountsEachLoginForItself) {
  EXPECT_EQ(DoMany(900, kRead), "");
  EXPECT_EQ(Do(kRead, 1, false, "b"), "");
  EXPECT_EQ(Do(kRead), "points");
}

TEST_F(LimiterTest, CountsNothingForWhatWasNotModified) {
  for (int i = 0; i < 2000; ++i) EXPECT_EQ(Do(kRead, 0, /*free=*/true), "");
  EXPECT_EQ(limiter.points(), 0);
}

TEST_F(LimiterTest, LetsEverythingPassWhenItIsOff) {
  limiter.SetLimits({.off = true});
  EXPECT_EQ(DoMany(6000, kUpload), "");
}

}  // namespace
}  // namespace probefarm::fake_github
