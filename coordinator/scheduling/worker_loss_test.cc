#include "coordinator/scheduling/worker_loss.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);
constexpr absl::Duration kTtl = absl::Seconds(30);

TEST(WorkerLoss, OneOrTwoAreNoCrowd) {
  EXPECT_FALSE(IsCrowd({kNow - kTtl}, kTtl, kNow));
  EXPECT_FALSE(IsCrowd({kNow - kTtl, kNow - kTtl}, kTtl, kNow));
}

TEST(WorkerLoss, ThreeThatFellSilentWithinAHeartbeatAreACrowd) {
  EXPECT_TRUE(IsCrowd(
      {kNow - kTtl, kNow - kTtl + absl::Seconds(5), kNow - kTtl + absl::Seconds(10)}, kTtl, kNow))
      << "seen from the first that expires";
  EXPECT_TRUE(IsCrowd(
      {kNow - kTtl, kNow - kTtl - absl::Seconds(5), kNow - kTtl - absl::Seconds(10)}, kTtl, kNow))
      << "seen from the last";
}

TEST(WorkerLoss, LiveWorkersAreNotCounted) {
  absl::Time const late_heartbeat = kNow - kTtl / 3 * 1.1;
  EXPECT_FALSE(IsCrowd({kNow - kTtl, late_heartbeat, late_heartbeat, kNow}, kTtl, kNow));
}

TEST(WorkerLoss, ThoseLostLongBeforeAreNotCounted) {
  EXPECT_FALSE(IsCrowd({kNow - kTtl, kNow - 1.5 * kTtl, kNow - 2 * kTtl}, kTtl, kNow));
}

}  // namespace
}  // namespace probefarm
