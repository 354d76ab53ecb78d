#include "coordinator/recipe/compiler_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::vector<int> const kAll = {8, 9, 10, 11, 12, 13, 14};

struct Example {
  std::string release;
  int gcc;
};

TEST(ChooseGcc, FollowsTheTable) {
  for (Example const& example : std::vector<Example>{
           {"4.19+105+deb10u4~bpo9+1", 8},
           {"5.4.119-19.0009.28", 11},
           {"5.10.0-30-amd64", 11},
           {"5.15.146+", 12},
           {"6.1.0-56-cloud-amd64", 12},
           {"6.4-rc1", 12},
           {"6.5.0", 13},
           {"6.8.12", 13},
           {"6.9.1", 14},
           {"6.12.117+deb12-cloud-amd64", 14},
           {"7", 14},
       }) {
    ASSERT_OK_AND_ASSIGN(int const gcc, ChooseGcc(DefaultCompilers(), example.release, kAll));
    EXPECT_EQ(gcc, example.gcc) << example.release;
  }
}

TEST(ChooseGcc, TakesTheNearestLowerOneThatTheImageHas) {
  ASSERT_OK_AND_ASSIGN(int const gcc, ChooseGcc(DefaultCompilers(), "6.12.1", {11, 12, 15}));
  EXPECT_EQ(gcc, 12);
}

TEST(ChooseGcc, DoesNotDependOnTheOrderOfRules) {
  std::vector<CompilerRule> table = DefaultCompilers();
  std::reverse(table.begin(), table.end());
  ASSERT_OK_AND_ASSIGN(int const gcc, ChooseGcc(table, "6.1.0", {12, 11, 10}));
  EXPECT_EQ(gcc, 12);
}

TEST(ChooseGcc, SaysWhatTheImageLacks) {
  EXPECT_THAT(ChooseGcc(DefaultCompilers(), "4.19.0", {11, 12}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("4.19.0"), HasSubstr("gcc 8"), HasSubstr("11, 12"))));
}

TEST(ChooseGcc, RefusesKernelsBeforeTheTable) {
  EXPECT_THAT(ChooseGcc(DefaultCompilers(), "3.10.0-1160.el7", kAll),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("3.10.0-1160.el7")));
}

TEST(ChooseGcc, RefusesWhatIsNoKernelRelease) {
  for (std::string const release : {"", "bookworm", "99999999999999999999.1"}) {
    EXPECT_THAT(ChooseGcc(DefaultCompilers(), release, kAll),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'" + release + "'")));
  }
}

}  // namespace
}  // namespace probefarm
