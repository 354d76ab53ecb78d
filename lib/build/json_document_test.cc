#include "lib/build/json_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Repeated(absl::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) absl::StrAppend(&repeated, text);
  return repeated;
}

TEST(ParseJson, RefusesWhatIsNotJson) {
  for (std::string const& text :
       {std::string(), std::string(" "), std::string("{"), std::string("[1,]"), std::string("nul"),
        std::string("{\"a\" 1}"), std::string("'a'"), std::string("/**/1"), std::string("\"a"),
        std::string("\"\n\""), std::string("\"\x1f\""), std::string(R"("\x")"),
        std::string(R"("\u00g0")"), std::string("\xEF\xBB\xBF{}")}) {
    EXPECT_THAT(ParseJson(text),
                StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("not JSON: ")))
        << text;
  }
}

TEST(ParseJson, SaysWhyAndWhere) {
  EXPECT_THAT(ParseJson(R"({"a":[1,x]})"),
              StatusIs(absl::StatusCode::kInvalidArgument, "not JSON: Invalid value at byte 8"));
}

TEST(ParseJson, RefusesTextThatFollows) {
  for (std::string const& text : {std::string("{}{}"), std::string("1 2"), std::string("{}\0", 3),
                                  std::string("{}\0{}", 5), std::string("{}]")}) {
    EXPECT_THAT(ParseJson(text),
                StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("not JSON: ")))
        << text;
  }
}

TEST(ParseJson, RefusesStringsAndKeysThatAreNotUtf8) {
  for (char const* string : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xe2\x82", "\\ud800", "\\ud800x",
                             "\\ud800\\u0041", "\\udc00", "\\udc00\\ud800"}) {
    for (std::string const& text :
         {absl::StrCat("[\"", string, "\"]"), absl::StrCat("{\"", string, "\":1}")}) {
      EXPECT_THAT(ParseJson(text),
                  StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("not JSON: ")))
          << text;
    }
  }
}

TEST(ParseJson, ReadsEscapes) {
  ASSERT_OK_AND_ASSIGN(JsonDocument const document,
                       ParseJson(R"("\ud83d\ude00\u0000\u00e9\/\"\n")"));
  absl::string_view const text(document.root().GetString(), document.root().GetStringLength());
  EXPECT_EQ(text, absl::string_view("\xF0\x9F\x98\x80\0\xC3\xA9/\"\n", 10));
}

TEST(ParseJson, RefusesNumbersThatNoDoubleHolds) {
  for (std::string const& number :
       {std::string("1e400"), std::string("-1e400"), std::string("1e99999999999999999999"),
        std::string(400, '9'), absl::StrCat("1", std::string(300, '0'), "e300"),
        absl::StrCat("1", std::string(300, '0'), ".5e300")}) {
    EXPECT_THAT(ParseJson(number),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too big")))
        << number;
  }
}

TEST(ParseJson, ReadsTheNearestDouble) {
  for (auto const& [text, number] : std::vector<std::pair<std::string, double>>{
           {"0.30000000000000004", 0.1 + 0.2},
           {"1e-400", 0},
           {"-0.0", 0},
           {"1e-99999999999999999999", 0},
           {"4.9406564584124654e-324", 5e-324},
           {"1.7976931348623157e308", 1.7976931348623157e308},
           {"18446744073709551616", 18446744073709551616.0},
           {absl::StrCat("0.", std::string(1000, '3'), "e1"), 10.0 / 3}}) {
    ASSERT_OK_AND_ASSIGN(JsonDocument const document, ParseJson(text));
    ASSERT_TRUE(document.root().IsDouble()) << text;
    EXPECT_EQ(document.root().GetDouble(), number) << text;
  }
}

TEST(ParseJson, KeepsIntegersOf64Bits) {
  ASSERT_OK_AND_ASSIGN(JsonDocument const document,
                       ParseJson("[-9223372036854775808,18446744073709551615,-0]"));
  EXPECT_EQ(document.root()[0].GetInt64(), INT64_MIN);
  EXPECT_EQ(document.root()[1].GetUint64(), UINT64_MAX);
  EXPECT_EQ(document.root()[2].GetInt64(), 0);
}

TEST(ParseJson, EndsOnDeepNesting) {
  EXPECT_OK(ParseJson(Repeated("[", 500'000) + Repeated("]", 500'000)));
  EXPECT_OK(ParseJson(Repeated("{\"\":", 150'000) + "1" + Repeated("}", 150'000)));
  for (char const* open : {"[", "{\"\":", "[{\"\":"}) {
    EXPECT_THAT(ParseJson(Repeated(open, 150'000)),
                StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("not JSON: ")));
  }
}

TEST(ParseJson, StaysWholeWhenMoved) {
  ASSERT_OK_AND_ASSIGN(JsonDocument first, ParseJson(R"(["a string of more than a few bytes"])"));
  JsonDocument const second = std::move(first);
  EXPECT_STREQ(second.root()[0].GetString(), "a string of more than a few bytes");
}

}  // namespace
}  // namespace probefarm
