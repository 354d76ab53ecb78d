#include "coordinator/leasing/phase_board.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

constexpr LeaseKey kLease = {7, 2};

TEST(PhaseBoard, KnowsTheLastWord) {
  PhaseBoard board;
  board.Update("s", {{kLease, LeasePhase::kFetching, ""}}, false, absl::UnixEpoch());
  board.Update("s", {{kLease, LeasePhase::kBuilding, ""}}, true, absl::UnixEpoch());
  EXPECT_EQ(board.ProgressOf("s", kLease).phase, LeasePhase::kBuilding);
  EXPECT_TRUE(board.Draining("s"));
}

TEST(PhaseBoard, AnotherEpochIsAnotherLease) {
  PhaseBoard board;
  board.Update("s", {{kLease, LeasePhase::kBuilding, ""}}, false, absl::UnixEpoch());
  EXPECT_EQ(board.ProgressOf("s", {7, 3}).phase, LeasePhase::kUnknown);
  EXPECT_EQ(board.ProgressOf("t", kLease).phase, LeasePhase::kUnknown);
  EXPECT_FALSE(board.Draining("t"));
}

TEST(PhaseBoard, ForgetsSessionsThatFellSilent) {
  PhaseBoard board;
  absl::Time const start = absl::FromUnixSeconds(1'800'000'000);
  board.Update("silent", {{kLease, LeasePhase::kBuilding, ""}}, false, start);
  board.Update("alive", {{kLease, LeasePhase::kBuilding, ""}}, false, start + absl::Minutes(10));
  board.ForgetBefore(start + absl::Minutes(5));
  EXPECT_EQ(board.ProgressOf("silent", kLease).phase, LeasePhase::kUnknown);
  EXPECT_EQ(board.ProgressOf("alive", kLease).phase, LeasePhase::kBuilding);
}

}  // namespace
}  // namespace probefarm
