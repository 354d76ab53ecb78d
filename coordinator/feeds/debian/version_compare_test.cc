#include "coordinator/feeds/debian/version_compare.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace probefarm::debian {
namespace {

TEST(CompareVersions, OrdersAsThePolicyDoes) {
  std::vector<std::string> const ascending = {
      "0~~",
      "0~~a",
      "0~",
      "0",
      "0a",
      "0+a",
      "1.0~rc1-1",
      "1.0-1~bpo11+1",
      "1.0-1",
      "1.0-1+deb12u1",
      "1.0-2",
      "1.0-10",
      "1.0.1-1",
      "6.1.9-1",
      "6.1.170-3",
      "6.1.176-1",
      "6.12.94-1~bpo12+1",
      "6.12.94-1",
      "6.12.107-1",
      "1:0.1-1",
      "2:0-1",
      "10:0-1",
  };
  for (size_t i = 0; i < ascending.size(); ++i) {
    for (size_t j = 0; j < ascending.size(); ++j) {
      int const order = CompareVersions(ascending[i], ascending[j]);
      EXPECT_EQ(order < 0, i < j) << ascending[i] << " " << ascending[j];
      EXPECT_EQ(order > 0, i > j) << ascending[i] << " " << ascending[j];
    }
  }
}

TEST(CompareVersions, TakesLeadingZerosAndAbsentPartsAsNothing) {
  EXPECT_EQ(CompareVersions("1.002-1", "1.2-1"), 0);
  EXPECT_EQ(CompareVersions("0:1.2", "1.2-0"), 0);
  EXPECT_EQ(CompareVersions("", ""), 0);
}

TEST(CompareVersions, SortsLettersBeforeOtherCharacters) {
  EXPECT_LT(CompareVersions("1.0a", "1.0+"), 0);
  EXPECT_LT(CompareVersions("1.0", "1.0a"), 0);
}

TEST(CompareVersions, TakesTheLastDashAsTheRevisions) {
  EXPECT_LT(CompareVersions("1.0-1-1", "1.0-1-2"), 0);
  EXPECT_LT(CompareVersions("1.0-9", "1.0-1-1"), 0);
}

TEST(CompareVersions, ComparesNumbersOfAnyLength) {
  EXPECT_LT(CompareVersions("99999999999999999999999", "100000000000000000000000"), 0);
}

}  // namespace
}  // namespace probefarm::debian
