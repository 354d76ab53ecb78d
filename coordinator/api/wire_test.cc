#include "coordinator/api/wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

TEST(ApiWire, EveryPhaseIsTheSameOnBothSides) {
  for (int wire = v1::LEASE_PHASE_UNSPECIFIED; wire <= v1::SENDING; ++wire) {
    Job job;
    job.state = JobState::kLeased;
    EXPECT_EQ(ToWire(job, FromWire(static_cast<v1::LeasePhase>(wire))).phase(), wire);
  }
  EXPECT_EQ(FromWire(v1::SENDING), LeasePhase::kSending);
  EXPECT_EQ(FromWire(static_cast<v1::LeasePhase>(99)), LeasePhase::kUnknown);
}

TEST(ApiWire, ALongReasonIsCutBetweenCharacters) {
  v1::Reason wire;
  wire.set_text(std::string(4095, 'x') + "ü and more");
  EXPECT_EQ(FromWire(wire).text, std::string(4095, 'x'));
  wire.set_text(std::string(4094, 'x') + "ü and more");
  EXPECT_EQ(FromWire(wire).text, std::string(4094, 'x') + "ü");
}

TEST(ApiWire, AJobThatNobodyHoldsHasNoPhaseAndNoReasonWithoutACode) {
  Job job;
  job.state = JobState::kQueued;
  v1::Job const wire = ToWire(job, LeasePhase::kBuilding);
  EXPECT_EQ(wire.phase(), v1::LEASE_PHASE_UNSPECIFIED);
  EXPECT_FALSE(wire.has_reason());
  EXPECT_FALSE(wire.has_artifact());
}

TEST(ApiWire, TellsWhenABackoffEndsOnlyWhileOneRuns) {
  Job job;
  job.updated_at = absl::FromUnixSeconds(1'800'000'000);
  EXPECT_FALSE(ToWire(job, LeasePhase::kUnknown).has_not_before());
  job.not_before = job.updated_at + absl::Seconds(5);
  EXPECT_EQ(FromWire(ToWire(job, LeasePhase::kUnknown).not_before()), job.not_before);
  job.state = JobState::kLeased;
  EXPECT_FALSE(ToWire(job, LeasePhase::kUnknown).has_not_before());
}

TEST(ApiWire, APageHasASize) {
  EXPECT_THAT(CheckPageSize(0, 100, 1000), ::testing::Eq(absl::StatusOr<int>(100)));
  EXPECT_THAT(CheckPageSize(1000, 100, 1000), ::testing::Eq(absl::StatusOr<int>(1000)));
  EXPECT_THAT(CheckPageSize(1001, 100, 1000),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1001")));
}

}  // namespace
}  // namespace probefarm
