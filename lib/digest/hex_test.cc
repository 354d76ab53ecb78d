#include "lib/digest/hex.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

TEST(ToHex, WritesTwoLowerCaseDigitsForEachByte) {
  EXPECT_EQ(ToHex(""), "");
  EXPECT_EQ(ToHex(absl::string_view("\x00\x0f\xa0\xff", 4)), "000fa0ff");
}

TEST(IsSha256Hex, TakesSixtyFourLowerCaseDigitsOnly) {
  std::string const digest(64, 'a');
  EXPECT_TRUE(IsSha256Hex(digest));
  EXPECT_TRUE(IsSha256Hex(std::string(60, '0') + "9f9f"));
  EXPECT_FALSE(IsSha256Hex(""));
  EXPECT_FALSE(IsSha256Hex(digest.substr(1)));
  EXPECT_FALSE(IsSha256Hex(digest + "a"));
  EXPECT_FALSE(IsSha256Hex(std::string(64, 'A')));
  EXPECT_FALSE(IsSha256Hex(std::string(63, 'a') + "g"));
  EXPECT_FALSE(IsSha256Hex(std::string(63, 'a') + "\n"));
}

}  // namespace
}  // namespace probefarm
