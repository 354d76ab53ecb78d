#include "lib/runtime/token_bucket.h"

#include <gtest/gtest.h>

#include "lib/runtime/fake_clock.h"

namespace probefarm {
namespace {

class TokenBucketTest : public testing::Test {
 protected:
  bool Passes(double tokens) { return bucket_.Take(tokens) == absl::ZeroDuration(); }

  FakeClock clock_;
  TokenBucket bucket_{10, 20, clock_};
};

TEST_F(TokenBucketTest, ABurstPassesAndThenTheRate) {
  EXPECT_TRUE(Passes(20));
  EXPECT_FALSE(Passes(1));
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Passes(10));
  EXPECT_FALSE(Passes(1));
}

TEST_F(TokenBucketTest, SaysWhenToTryAgain) {
  EXPECT_TRUE(Passes(20));
  EXPECT_EQ(bucket_.Take(5), absl::Milliseconds(500));
  clock_.Advance(absl::Milliseconds(500));
  EXPECT_TRUE(Passes(5));
}

TEST_F(TokenBucketTest, HoldsNoMoreThanTheBurst) {
  clock_.Advance(absl::Hours(1));
  EXPECT_TRUE(Passes(20));
  EXPECT_FALSE(Passes(1));
}

TEST_F(TokenBucketTest, MoreThanTheBurstPassesWhenItIsFullAndIsOwed) {
  EXPECT_TRUE(Passes(50));
  clock_.Advance(absl::Seconds(3));
  EXPECT_FALSE(Passes(1));
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Passes(10));
}

}  // namespace
}  // namespace probefarm
