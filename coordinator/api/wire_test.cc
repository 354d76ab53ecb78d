#include "coordinator/api/wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

v1::HeldLease HeldIn(int phase, std::string const& progress = "") {
  v1::HeldLease held;
  held.set_phase(static_cast<v1::LeasePhase>(phase));
  held.set_progress(progress);
  return held;
}

TEST(ApiWire, EveryPhaseIsTheSameOnBothSides) {
  for (int wire = v1::LEASE_PHASE_UNSPECIFIED; wire <= v1::SENDING; ++wire) {
    Job job;
    job.state = JobState::kLeased;
    EXPECT_EQ(ToWire(job, FromWire(HeldIn(wire))).phase(), wire);
  }
  EXPECT_EQ(FromWire(HeldIn(v1::SENDING)).phase, LeasePhase::kSending);
  EXPECT_EQ(FromWire(HeldIn(99)).phase, LeasePhase::kUnknown);
}

TEST(ApiWire, ProgressIsShownOfWhatIsHeldAndCutBetweenCharacters) {
  Job job;
  job.state = JobState::kLeased;
  LeaseProgress const progress =
      FromWire(HeldIn(v1::FETCHING, std::string(199, 'x') + "\u00fc and more"));
  EXPECT_EQ(ToWire(job, progress).progress(), std::string(199, 'x'));
  job.state = JobState::kQueued;
  EXPECT_EQ(ToWire(job, progress).progress(), "");
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
  v1::Job const wire = ToWire(job, FromWire(HeldIn(v1::BUILDING)));
  EXPECT_EQ(wire.phase(), v1::LEASE_PHASE_UNSPECIFIED);
  EXPECT_FALSE(wire.has_reason());
  EXPECT_FALSE(wire.has_artifact());
}

TEST(ApiWire, TellsWhenABackoffEndsOnlyWhileOneRuns) {
  Job job;
  job.updated_at = absl::FromUnixSeconds(1'800'000'000);
  EXPECT_FALSE(ToWire(job, {}).has_not_before());
  job.not_before = job.updated_at + absl::Seconds(5);
  EXPECT_EQ(FromWire(ToWire(job, {}).not_before()), job.not_before);
  job.state = JobState::kLeased;
  EXPECT_FALSE(ToWire(job, {}).has_not_before());
}

TEST(ApiWire, APageHasASize) {
  EXPECT_THAT(CheckPageSize(0, 100, 1000), ::testing::Eq(absl::StatusOr<int>(100)));
  EXPECT_THAT(CheckPageSize(1000, 100, 1000), ::testing::Eq(absl::StatusOr<int>(1000)));
  EXPECT_THAT(CheckPageSize(1001, 100, 1000),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1001")));
}

}  // namespace
}  // namespace probefarm
