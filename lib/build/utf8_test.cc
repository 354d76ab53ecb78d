#include "lib/build/utf8.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

TEST(IsUtf8, TakesCharactersOfEveryLength) {
  for (char const* text :
       {"", "plain", "\x7f", "\xc2\x80", "\xe2\x82\xac", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "eight and \xc3\xa9"})
    EXPECT_TRUE(IsUtf8(text)) << text;
  EXPECT_TRUE(IsUtf8(absl::string_view("a\0b", 3)));
}

TEST(IsUtf8, RefusesWhatIsNone) {
  for (char const* text :
       {"\x80", "\xff", "\xc3", "\xc3(", "\xe2\x82", "\xf0\x9f\x98", "eight and \xf0\x9f\x98",
        "\xc0\xaf", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80"})
    EXPECT_FALSE(IsUtf8(text)) << text;
}

}  // namespace
}  // namespace probefarm
