#include "lib/driver/driver_version.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

TEST(GenerationOf, FollowsTheMajorNumber) {
  EXPECT_EQ(GenerationOf("2.0.0+driver"), LoaderGeneration::kA);
  EXPECT_EQ(GenerationOf("3.0.1+driver"), LoaderGeneration::kB);
  EXPECT_EQ(GenerationOf("4.0.0+driver"), LoaderGeneration::kC);
  EXPECT_EQ(GenerationOf("5.0.1+driver"), LoaderGeneration::kD);
  EXPECT_EQ(GenerationOf("6.0.1+driver"), LoaderGeneration::kD);
  EXPECT_EQ(GenerationOf("7.0.0+driver"), LoaderGeneration::kE);
  EXPECT_EQ(GenerationOf("10.2.0+driver"), LoaderGeneration::kE);
}

TEST(GenerationOf, WhatNoReleaseNamesIsTheOldest) {
  for (char const* version : {"0.18.0", "8.0.0", "x.0.0+driver", "8.0+driver",
                              "17f5df52a7d9ed6bb12d3b1768460def8439936d"}) {
    EXPECT_EQ(GenerationOf(version), LoaderGeneration::kA) << version;
  }
}

TEST(CheckDriverVersion, RefusesWhatCannotBeAPathComponent) {
  EXPECT_TRUE(CheckDriverVersion("8.0.0+driver").ok());
  for (absl::string_view version : {"", "a/b", "a b", "a\n"})
    EXPECT_FALSE(CheckDriverVersion(version).ok()) << version;
  EXPECT_FALSE(CheckDriverVersion(std::string(101, '1')).ok());
}

}  // namespace
}  // namespace probefarm
