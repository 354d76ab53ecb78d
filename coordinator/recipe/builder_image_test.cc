#include "coordinator/recipe/builder_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kId[] = "sha256:feed";

Input Archive() { return {"builder.tar", std::string(64, 'a'), 7, {"http://coordinator/x"}}; }

absl::StatusOr<BuilderImage> Describe(std::map<std::string, std::string> const& labels,
                                      std::string const& arch = "amd64") {
  return DescribeBuilderImage(Archive(), kId, arch, labels);
}

TEST(BuilderImage, IsDescribedByItsLabels) {
  ASSERT_OK_AND_ASSIGN(
      BuilderImage const builder,
      Describe({{"io.probefarm.toolchain", "gcc-12=12.2.0"}, {"io.probefarm.gcc", "12 11"}}));
  EXPECT_EQ(builder.image, (ImageInput{Archive(), kId, "gcc-12=12.2.0"}));
  EXPECT_THAT(builder.gcc, ElementsAre(11, 12));
  EXPECT_EQ(builder.arch, Arch::kX86_64);
}

TEST(BuilderImage, WithoutLabelsIsRefusedByTheirName) {
  EXPECT_THAT(Describe({{"io.probefarm.gcc", "12"}}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("builder.tar"), HasSubstr("io.probefarm.toolchain"))));
  EXPECT_THAT(Describe({{"io.probefarm.toolchain", "x"}, {"io.probefarm.gcc", ""}}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("io.probefarm.gcc")));
}

TEST(BuilderImage, WithAnUnreadableCompilerListIsRefused) {
  for (std::string const gcc : {"twelve", "12,11", "-3"}) {
    EXPECT_THAT(Describe({{"io.probefarm.toolchain", "x"}, {"io.probefarm.gcc", gcc}}),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("'" + gcc + "'")));
  }
}

TEST(BuilderImage, OfAnUnknownMachineIsRefused) {
  EXPECT_THAT(Describe({{"io.probefarm.toolchain", "x"}, {"io.probefarm.gcc", "12"}}, "riscv64"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("riscv64")));
}

}  // namespace
}  // namespace probefarm
