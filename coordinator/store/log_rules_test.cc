#include "coordinator/store/log_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(LogRules, AppendsWhatIsNew) {
  ASSERT_OK_AND_ASSIGN(LogAppend const append, PlanLogAppend(10, 8, "abcde", 100));
  EXPECT_EQ(append.bytes, "cde");
  EXPECT_EQ(append.acknowledged, 13);
}

TEST(LogRules, AnOldPieceChangesNothing) {
  ASSERT_OK_AND_ASSIGN(LogAppend const append, PlanLogAppend(10, 2, "abc", 100));
  EXPECT_EQ(append.bytes, "");
  EXPECT_EQ(append.acknowledged, 10);
}

TEST(LogRules, AGapCarriesTheLength) {
  auto const gap = PlanLogAppend(10, 11, "a", 100);
  EXPECT_THAT(gap, StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_EQ(LogLengthOf(gap.status()), 10);
  EXPECT_EQ(LogLengthOf(absl::OutOfRangeError("of another kind")), std::nullopt);
}

TEST(LogRules, TheNoticeTakesThePlaceOfWhatIsDropped) {
  ASSERT_OK_AND_ASSIGN(LogAppend const cut, PlanLogAppend(98, 98, "abcde", 100));
  EXPECT_THAT(cut.bytes, StartsWith("ab\n["));
  EXPECT_THAT(cut.bytes, HasSubstr("100 bytes"));
  EXPECT_EQ(cut.acknowledged, 103);
  auto const length = static_cast<int64_t>(98 + cut.bytes.size());
  ASSERT_OK_AND_ASSIGN(LogAppend const later, PlanLogAppend(length, 103, "fgh", 100));
  EXPECT_EQ(later.bytes, "");
  EXPECT_GE(later.acknowledged, 106);
}

TEST(LogRules, ARunIsOverWhenItsEpochOrItsLeaseIs) {
  Job job;
  EXPECT_FALSE(RunIsOver(job, 0)) << "it has not run yet";
  job.epoch = 2;
  job.state = JobState::kLeased;
  EXPECT_TRUE(RunIsOver(job, 1));
  EXPECT_FALSE(RunIsOver(job, 2));
  EXPECT_FALSE(RunIsOver(job, 3));
  job.state = JobState::kQueued;
  EXPECT_TRUE(RunIsOver(job, 2));
  job.epoch = 0;
  job.state = JobState::kCancelled;
  EXPECT_TRUE(RunIsOver(job, 0));
}

}  // namespace
}  // namespace probefarm
