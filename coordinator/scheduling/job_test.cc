#include "coordinator/scheduling/job.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

TEST(JobState, NamesAreReadBack) {
  for (int i = 0; i <= static_cast<int>(JobState::kSkipped); ++i) {
    auto const state = static_cast<JobState>(i);
    EXPECT_EQ(ParseJobState(JobStateName(state)), state);
  }
  EXPECT_EQ(JobStateName(JobState::kUploading), "uploading");
  EXPECT_EQ(ParseJobState("asleep"), std::nullopt);
}

TEST(JobState, IsHeldOrFinalOrNeither) {
  EXPECT_TRUE(IsHeld(JobState::kBuilt));
  EXPECT_FALSE(IsHeld(JobState::kVerifying)) << "the coordinator owns it";
  EXPECT_FALSE(IsFinal(JobState::kVerifying));
  EXPECT_TRUE(IsFinal(JobState::kSkipped));
  EXPECT_FALSE(IsFinal(JobState::kQueued));
}

}  // namespace
}  // namespace probefarm
