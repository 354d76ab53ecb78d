#include "lib/config/byte_size.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

TEST(ParseByteSize, TakesNumbersAndPowersOf1024) {
  EXPECT_EQ(ParseByteSize("0"), 0);
  EXPECT_EQ(ParseByteSize("1048576"), 1048576);
  EXPECT_EQ(ParseByteSize("2KB"), 2048);
  EXPECT_EQ(ParseByteSize("16MB"), int64_t{16} << 20);
  EXPECT_EQ(ParseByteSize("2GB"), int64_t{2} << 30);
  EXPECT_EQ(ParseByteSize("3TB"), int64_t{3} << 40);
}

TEST(ParseByteSize, RefusesOtherText) {
  for (absl::string_view const text :
       {"", "MB", "1.5GB", "-1", "+1", "1 MB", " 1", "1 ", "1mb", "1B", "1KBMB", "0x10", "one"}) {
    EXPECT_EQ(ParseByteSize(text), std::nullopt) << text;
  }
}

TEST(ParseByteSize, RefusesWhatDoesNotFit) {
  EXPECT_EQ(ParseByteSize("8388607TB"), int64_t{8388607} << 40);
  EXPECT_EQ(ParseByteSize("8388608TB"), std::nullopt);
  EXPECT_EQ(ParseByteSize("9223372036854775808"), std::nullopt);
}

}  // namespace
}  // namespace probefarm
