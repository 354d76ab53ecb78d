#include "client/output/state_counts.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

StateCounts Counts(std::initializer_list<std::pair<v1::JobState, int>> states) {
  StateCounts counts;
  for (auto const& [state, count] : states) {
    counts.Add()->set_state(state);
    counts.rbegin()->set_count(count);
  }
  return counts;
}

TEST(ProgressText, NamesOnlyStatesThatHaveJobs) {
  EXPECT_EQ(
      ProgressText(Counts({{v1::QUEUED, 3}, {v1::PUBLISHED, 6}, {v1::FAILED, 1}, {v1::LEASED, 2}})),
      "7/12 done: 6 published, 1 failed, 2 leased, 3 queued");
  EXPECT_EQ(ProgressText(StateCounts()), "0/0 done");
}

TEST(CountUnsuccessful, IsWhatFailedOrDied) {
  EXPECT_EQ(CountUnsuccessful(Counts({{v1::FAILED, 2}, {v1::DEAD, 1}, {v1::CANCELLED, 5}})), 3);
}

}  // namespace
}  // namespace probefarm
