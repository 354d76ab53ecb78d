#include "coordinator/planning/kernel_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/planning/sample_offer.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Kernel OfTarget(std::string target, std::string release) {
  Kernel kernel = SampleKernel(std::move(release), "1.0.0-1");
  kernel.host.target = std::move(target);
  return kernel;
}

std::vector<std::string> Releases(std::vector<Kernel const*> const& kernels) {
  std::vector<std::string> releases;
  for (Kernel const* kernel : kernels) releases.push_back(kernel->host.release);
  return releases;
}

TEST(BuildOrder, TakesTheNewestOfEveryTargetFirst) {
  std::vector<Kernel> const kernels = {OfTarget("debian", "d3"), OfTarget("debian", "d2"),
                                       OfTarget("debian", "d1"), OfTarget("cos", "c2"),
                                       OfTarget("cos", "c1")};
  EXPECT_THAT(Releases(BuildOrder(kernels)), ElementsAre("d3", "c2", "d2", "c1", "d1"));
}

TEST(BuildOrder, NamesAKernelOfTwoSuitesOnce) {
  std::vector<Kernel> const kernels = {OfTarget("debian", "2"), OfTarget("debian", "2"),
                                       OfTarget("debian", "1")};
  EXPECT_THAT(Releases(BuildOrder(kernels)), ElementsAre("2", "1"));
}

TEST(BuildOrder, PrefersTheListingWithCompleteHeaders) {
  std::vector<Kernel> kernels = {OfTarget("debian", "2"), OfTarget("debian", "2")};
  kernels[0].missing = "linux-kbuild-2";
  EXPECT_THAT(BuildOrder(kernels), ElementsAre(&kernels[1]));
}

TEST(BuildOrder, KeepsKernelsThatDifferInBuildOrMachine) {
  std::vector<Kernel> kernels(3, OfTarget("debian", "2"));
  kernels[1].host.version = "#2";
  kernels[2].host.arch = Arch::kAarch64;
  EXPECT_THAT(BuildOrder(kernels), ElementsAre(&kernels[0], &kernels[1], &kernels[2]));
}

TEST(BuildOrder, OfNoKernelsIsEmpty) { EXPECT_THAT(BuildOrder({}), IsEmpty()); }

}  // namespace
}  // namespace probefarm
