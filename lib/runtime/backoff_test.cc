#include "lib/runtime/backoff.h"

#include <gtest/gtest.h>

#include "absl/random/random.h"

namespace probefarm {
namespace {

TEST(Backoff, DoublesUpToItsLimit) {
  Backoff const backoff;
  EXPECT_EQ(backoff.Ceiling(1), absl::Seconds(2));
  EXPECT_EQ(backoff.Ceiling(3), absl::Seconds(8));
  EXPECT_EQ(backoff.Ceiling(10), absl::Minutes(10));
  EXPECT_EQ(backoff.Ceiling(1'000'000), absl::Minutes(10));
}

TEST(Backoff, SpreadsOverTheWholeRange) {
  Backoff const backoff;
  absl::BitGen random;
  int below_half = 0;
  for (int i = 0; i < 1000; ++i) {
    absl::Duration const delay = backoff.Delay(3, random);
    ASSERT_GE(delay, absl::ZeroDuration());
    ASSERT_LT(delay, absl::Seconds(8));
    if (delay < absl::Seconds(4)) ++below_half;
  }
  EXPECT_GT(below_half, 350);
  EXPECT_LT(below_half, 650);
}

}  // namespace
}  // namespace probefarm
