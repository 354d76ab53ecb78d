#include "coordinator/releases/github/pacing/sliding_window.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);
constexpr absl::Duration kMinute = absl::Minutes(1);

class SlidingWindowTest : public testing::Test {
 protected:
  // A request that is answered at once.
  void Spend(PlaceId id, int64_t cost, absl::Time at) {
    window_.Advance(at);
    window_.Begin(id, cost, at);
    window_.End(id, cost, at);
  }
  absl::Time NextRoom(int64_t cost, int64_t limit, absl::Time at) {
    window_.Advance(at);
    return window_.NextRoom(cost, limit, at);
  }

  SlidingWindow window_{kMinute};
};

TEST_F(SlidingWindowTest, HasRoomUpToTheLimit) {
  Spend(1, 2, kNow);
  EXPECT_EQ(NextRoom(1, 3, kNow), kNow);
  Spend(2, 1, kNow);
  EXPECT_EQ(NextRoom(1, 3, kNow), kNow + kMinute);
}

TEST_F(SlidingWindowTest, SlidesInsteadOfStartingAfresh) {
  Spend(1, 1, kNow + absl::Seconds(10));
  Spend(2, 1, kNow + absl::Seconds(59));
  EXPECT_EQ(NextRoom(1, 2, kNow + absl::Seconds(61)), kNow + absl::Seconds(70));
  EXPECT_EQ(NextRoom(2, 2, kNow + absl::Seconds(70)), kNow + absl::Seconds(119));
}

TEST_F(SlidingWindowTest, CountsARequestFromItsAnswerSinceTheHostMayHaveCountedItThen) {
  window_.Begin(1, 1, kNow);
  window_.Advance(kNow + absl::Seconds(2));
  window_.End(1, 1, kNow + absl::Seconds(2));
  EXPECT_EQ(NextRoom(1, 1, kNow + absl::Seconds(3)), kNow + absl::Seconds(62));
}

TEST_F(SlidingWindowTest, HoldsBackATwentiethAtMostForARequestThatTakesLong) {
  window_.Begin(1, 1, kNow);
  EXPECT_EQ(NextRoom(1, 1, kNow + absl::Seconds(63) - absl::Nanoseconds(1)),
            kNow + absl::Seconds(63));
  EXPECT_EQ(NextRoom(1, 1, kNow + absl::Seconds(63)), kNow + absl::Seconds(63));
}

TEST_F(SlidingWindowTest, CorrectsTheCostWhenTheAnswerComes) {
  window_.Begin(1, 3, kNow);
  EXPECT_EQ(window_.used(), 3);
  window_.End(1, 2, kNow);
  EXPECT_EQ(window_.used(), 2);
  window_.Begin(2, 1, kNow);
  window_.End(2, 0, kNow);
  EXPECT_EQ(window_.used(), 2);
}

TEST_F(SlidingWindowTest, EndsARequestOnce) {
  window_.Begin(1, 1, kNow);
  window_.End(1, 1, kNow);
  window_.End(1, 1, kNow);
  window_.End(7, 1, kNow);
  EXPECT_EQ(window_.used(), 1);
}

TEST_F(SlidingWindowTest, TakesPastRequestsInAnyOrder) {
  Spend(1, 1, kNow);
  window_.CountPast(1, kNow - absl::Seconds(50));
  window_.CountPast(1, kNow - absl::Seconds(55));
  EXPECT_EQ(NextRoom(1, 3, kNow), kNow + absl::Seconds(5));
  window_.CountPast(9, kNow - absl::Hours(1));
  window_.Advance(kNow);
  EXPECT_EQ(window_.used(), 3);
}

TEST_F(SlidingWindowTest, NamesALaterTimeForWhatNeverFits) {
  EXPECT_EQ(NextRoom(5, 3, kNow), kNow + kMinute);
}

}  // namespace
}  // namespace probefarm
