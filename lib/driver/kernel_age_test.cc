#include "lib/driver/kernel_age.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace probefarm {
namespace {

TEST(KernelAge, CountsDigitsAsNumbers) {
  std::vector<std::string> const order = {"",
                                          "4.19+105+deb10u4~bpo9+1",
                                          "5.4.119-19.0009.28",
                                          "5.15.146+",
                                          "6.1.9-1-amd64",
                                          "6.1.10-1-amd64",
                                          "6.1.10-1-cloud-amd64",
                                          "6.1.10-12-amd64",
                                          "6.4-rc1",
                                          "6.10.0",
                                          "18446744073709551616.1"};
  std::vector<std::string> const sorted = [&] {
    std::set<std::string, OlderKernelFirst> const set(order.rbegin(), order.rend());
    return std::vector<std::string>(set.begin(), set.end());
  }();
  EXPECT_EQ(sorted, order);
}

TEST(KernelAge, TellsTwoWritingsOfANumberApart) {
  EXPECT_NE(IsOlderKernel("6.01", "6.1"), IsOlderKernel("6.1", "6.01"));
  EXPECT_FALSE(IsOlderKernel("6.1", "6.1"));
}

}  // namespace
}  // namespace probefarm
