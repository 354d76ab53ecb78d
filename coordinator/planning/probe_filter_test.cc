#include "coordinator/planning/probe_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/planning/sample_offer.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

absl::StatusOr<ProbeMatcher> Make(ProbeFilter filter) {
  return ProbeMatcher::Make(std::move(filter), SampleOffer());
}

TEST(ProbeMatcher, NamesTheUnknownDriverVersionAndTheKnownOnes) {
  EXPECT_THAT(
      Make({.driver_version = "9.9.9"}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("driver version '9.9.9'"), HasSubstr("8.0.0+driver, e5c53d64"))));
}

TEST(ProbeMatcher, NamesTheUnknownTargetAndTheKnownOnes) {
  EXPECT_THAT(Make({.target = "plan9"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("target 'plan9'"), HasSubstr("known are debian"))));
}

TEST(ProbeMatcher, SaysThatNoKernelsAreKnownYet) {
  Offer offer = SampleOffer();
  offer.kernels.clear();
  EXPECT_THAT(ProbeMatcher::Make({.target = "debian"}, offer),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("none is known yet")));
}

TEST(ProbeMatcher, GivesRe2sReasonForAnExpressionThatDoesNotCompile) {
  EXPECT_THAT(Make({.kernel_regex = "6.1.*(cloud"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("'6.1.*(cloud'"), HasSubstr("missing )"))));
}

TEST(ProbeMatcher, RefusesANegativeNumberOfKernels) {
  EXPECT_THAT(Make({.newest = -1}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("newest is -1")));
}

TEST(ProbeMatcher, SearchesTheExpressionInUnameAndInTheName) {
  Kernel const kernel = SampleKernel("6.1.0-56-cloud-amd64", "6.1.192-2");
  ASSERT_OK_AND_ASSIGN(ProbeMatcher const by_uname, Make({.kernel_regex = "0-56-cloud"}));
  EXPECT_TRUE(by_uname.MatchesKernel(kernel, "6.1.192-2-cloud-amd64"));
  ASSERT_OK_AND_ASSIGN(ProbeMatcher const by_name, Make({.kernel_regex = "^6\\.1\\.192"}));
  EXPECT_TRUE(by_name.MatchesKernel(kernel, "6.1.192-2-cloud-amd64"));
  ASSERT_OK_AND_ASSIGN(ProbeMatcher const neither, Make({.kernel_regex = "^192"}));
  EXPECT_FALSE(neither.MatchesKernel(kernel, "6.1.192-2-cloud-amd64"));
}

TEST(ProbeMatcher, RequiresEveryFieldThatIsSet) {
  Kernel const kernel = SampleKernel("6.1.0-56-cloud-amd64", "6.1.192-2");
  ASSERT_OK_AND_ASSIGN(
      ProbeMatcher const other,
      Make({.driver_version = "e5c53d64", .kind = Kind::kBpf, .arch = Arch::kAarch64}));
  EXPECT_FALSE(other.MatchesKernel(kernel, kernel.host.release));
  EXPECT_FALSE(other.MatchesDriver(SampleDriver("8.0.0+driver")));
  EXPECT_FALSE(other.MatchesKind(Kind::kKmod));
  EXPECT_TRUE(other.MatchesDriver(SampleDriver("e5c53d64")));
  EXPECT_TRUE(other.MatchesKind(Kind::kBpf));
}

TEST(ProbeMatcher, MatchesEverythingWhenNothingIsSet) {
  Kernel const kernel = SampleKernel("6.1.0-56-cloud-amd64", "6.1.192-2");
  ASSERT_OK_AND_ASSIGN(ProbeMatcher const all, Make({}));
  EXPECT_TRUE(all.MatchesDriver(SampleDriver("e5c53d64")));
  EXPECT_TRUE(all.MatchesKernel(kernel, kernel.host.release));
  EXPECT_TRUE(all.MatchesKind(Kind::kKmod));
  EXPECT_TRUE(all.WantsAnother(1000000));
}

}  // namespace
}  // namespace probefarm
