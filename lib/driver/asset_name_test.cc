#include "lib/driver/asset_name.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

ProbeId Probe(std::string driver_version, Kind kind = Kind::kBpf) {
  return {std::move(driver_version), Arch::kX86_64, "debian", "6.1.38-2-cloud-amd64", "1", kind};
}

TEST(ProbeFileName, IsMadeOfItsParts) {
  EXPECT_EQ(ProbeFileName("falco", Probe("8.0.0+driver")), "falco_debian_6.1.38-2-cloud-amd64_1.o");
  EXPECT_EQ(ProbeFileName("own", Probe("8.0.0+driver", Kind::kKmod)),
            "own_debian_6.1.38-2-cloud-amd64_1.ko");
}

TEST(SanitizeAssetName, ReplacesEachRunByOneDot) {
  EXPECT_EQ(SanitizeAssetName("falco_ubuntu-aws_5.0_26~22.04.1.o"),
            "falco_ubuntu-aws_5.0_26.22.04.1.o");
  EXPECT_EQ(SanitizeAssetName("a ~/b"), "a.b");
  EXPECT_EQ(SanitizeAssetName("~a+b@c~"), "a+b@c");
  EXPECT_EQ(SanitizeAssetName("~~"), "");
}

TEST(SanitizeAssetName, IsAFixedPoint) {
  for (char const* name : {"a~.~b", "..a", "x..y", "a~~~", "plain_1.ko"}) {
    std::string const once = SanitizeAssetName(name);
    EXPECT_EQ(SanitizeAssetName(once), once) << name;
  }
}

TEST(CheckFileName, RefusesWhatLeavesTheFolder) {
  EXPECT_TRUE(CheckFileName("falco_cos_5.15.65+_1.o").ok());
  for (absl::string_view name : {"", ".", "..", "a/b", "a\nb"})
    EXPECT_FALSE(CheckFileName(name).ok()) << name;
  EXPECT_FALSE(CheckFileName(std::string(256, 'a')).ok());
}

TEST(CheckDriverName, TakesTheNameOfAModule) {
  for (absl::string_view name : {"falco", "scap", "my_probe2"})
    EXPECT_TRUE(CheckDriverName(name).ok()) << name;
  EXPECT_TRUE(CheckDriverName(std::string(40, 'a')).ok());
  for (absl::string_view name : {"", "2falco", "_falco", "Falco", "fal-co", "a\"b", "../x"})
    EXPECT_FALSE(CheckDriverName(name).ok()) << name;
  EXPECT_FALSE(CheckDriverName(std::string(41, 'a')).ok());
}

TEST(ReleaseTag, FollowsThePathOfTheLoaders) {
  EXPECT_EQ(ReleaseTag(Probe("2.0.0+driver")), "2.0.0+driver");
  EXPECT_EQ(ReleaseTag(Probe("8.0.0+driver")), "8.0.0+driver/x86_64");
  EXPECT_EQ(ReleaseTag(Probe("17f5df52a7d9ed6bb12d3b1768460def8439936d")), "17f5df52");
}

TEST(EncodeUrlPath, EncodesThePlus) {
  EXPECT_EQ(EncodeUrlPath("8.0.0+driver/x86_64/a b"), "8.0.0%2Bdriver/x86_64/a%20b");
}

}  // namespace
}  // namespace probefarm
