// The checker checked: built with one rule of the protocol taken out, see CMakeLists.txt.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/seed_search.h"

namespace probefarm {
namespace {

TEST(BrokenSimulation, IsSeenThrough) {
  std::optional<Finding> const found = SearchSeeds(1, 10'000);
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(found->what, testing::StartsWith(PROBEFARM_BROKEN)) << "seed " << found->seed;
}

}  // namespace
}  // namespace probefarm
