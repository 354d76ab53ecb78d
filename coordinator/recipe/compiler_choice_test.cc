#include "coordinator/recipe/compiler_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr char kKernel[] = "6.1.0-56-cloud-amd64";  // gcc 12 by the table

BuilderImage ImageWith(std::vector<int> gcc, Arch arch = Arch::kX86_64) {
  BuilderImage builder;
  builder.gcc = std::move(gcc);
  builder.arch = arch;
  return builder;
}

TEST(ChooseCompiler, TakesTheImageThatHasTheTablesGcc) {
  std::vector<BuilderImage> const builders = {ImageWith({10, 11}), ImageWith({11, 12}),
                                              ImageWith({12, 14})};
  ASSERT_OK_AND_ASSIGN(CompilerChoice const choice,
                       ChooseCompiler(DefaultCompilers(), kKernel, Arch::kX86_64, builders));
  EXPECT_EQ(choice.builder, &builders[1]);
  EXPECT_EQ(choice.gcc, 12);
}

TEST(ChooseCompiler, TakesTheImageWithTheNearestLowerGcc) {
  std::vector<BuilderImage> const builders = {ImageWith({8, 10}), ImageWith({9, 11}),
                                              ImageWith({13})};
  ASSERT_OK_AND_ASSIGN(CompilerChoice const choice,
                       ChooseCompiler(DefaultCompilers(), kKernel, Arch::kX86_64, builders));
  EXPECT_EQ(choice.builder, &builders[1]);
  EXPECT_EQ(choice.gcc, 11);
}

TEST(ChooseCompiler, PassesOverImagesForOtherMachines) {
  std::vector<BuilderImage> const builders = {ImageWith({12}, Arch::kAarch64), ImageWith({11})};
  ASSERT_OK_AND_ASSIGN(CompilerChoice const choice,
                       ChooseCompiler(DefaultCompilers(), kKernel, Arch::kX86_64, builders));
  EXPECT_EQ(choice.builder, &builders[1]);
}

TEST(ChooseCompiler, SaysThatNoImageIsForTheMachine) {
  EXPECT_THAT(ChooseCompiler(DefaultCompilers(), kKernel, Arch::kAarch64, {ImageWith({12})}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("aarch64"), HasSubstr(kKernel))));
}

TEST(ChooseCompiler, SaysWhatAllImagesTogetherLack) {
  EXPECT_THAT(ChooseCompiler(DefaultCompilers(), "4.19.0", Arch::kX86_64,
                             {ImageWith({11, 12}), ImageWith({14})}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("gcc 8"), HasSubstr("11, 12, 14"))));
}

}  // namespace
}  // namespace probefarm
