#include "lib/build/json_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/build/json_document.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

auto IsRefused(char const* why) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(why));
}

TEST(JsonValue, TakesItsKeysInAnyOrder) {
  for (char const* text : {R"({"a":1,"b":2})", R"({"b":2,"a":1})"}) {
    ASSERT_OK_AND_ASSIGN(JsonDocument const document, ParseJson(text));
    EXPECT_OK(JsonValue(document.root()).CheckKeys({"a", "b"})) << text;
  }
}

TEST(JsonValue, RefusesKeysThatAreMissingUnknownOrThereTwice) {
  for (auto const& [text, why] : std::vector<std::pair<char const*, char const*>>{
           {R"([])", "is not an object"},
           {R"({})", "has no key 'a'"},
           {R"({"a":1})", "has no key 'b'"},
           {R"({"a\u0000":1,"b":2})", "has no key 'a'"},
           {R"({"a":1,"b":2,"c":3})", "has the unknown key 'c'"},
           {R"({"a":1,"b":2,"c":3,"c":3})", "has the unknown key 'c'"},
           {R"({"a":1,"b":2,"b\u0000":3})", "has the unknown key 'b\\x00'"},
           {R"({"a":1,"a":1,"b":2})", "the key 'a' stands twice"},
           {R"({"a":1,"b":2,"\u0062":2})", "the key 'b' stands twice"}}) {
    ASSERT_OK_AND_ASSIGN(JsonDocument const document, ParseJson(text));
    EXPECT_THAT(JsonValue(document.root()).CheckKeys({"a", "b"}), IsRefused(why)) << text;
  }
}

TEST(JsonValue, NamesKeysOfWhichNoneIsKnown) {
  ASSERT_OK_AND_ASSIGN(JsonDocument const document,
                       ParseJson(R"([{"b":1,"a":1},{"b":1,"a":1,"b":1}])"));
  JsonValue const list(document.root());
  ASSERT_OK_AND_ASSIGN(std::vector<JsonValue> const elements, list.Elements(2));
  EXPECT_THAT(elements[0].Keys(2).value(), ElementsAre("a", "b"));
  EXPECT_THAT(elements[0].Keys(1), IsRefused("more than 1 keys"));
  EXPECT_THAT(elements[1].Keys(3), IsRefused("[1]: the key 'b' stands twice"));
}

TEST(JsonValue, IsNullWhereThereIsNoKey) {
  ASSERT_OK_AND_ASSIGN(JsonDocument const document, ParseJson(R"({"a":7})"));
  JsonValue const value(document.root());
  EXPECT_THAT(value.At("b").String(), IsRefused("b: is not a string"));
  JsonValue const number = value.At("a");
  EXPECT_THAT(number.At("b").Int(0, 9), IsRefused("a.b: is not an integer"));
}

TEST(JsonValue, TakesIntegersAsSuchOnly) {
  for (auto const& [text, why] :
       std::vector<std::pair<char const*, char const*>>{{"1.0", "not an integer"},
                                                        {"1e3", "not an integer"},
                                                        {"-0.0", "not an integer"},
                                                        {"18446744073709551616", "not an integer"},
                                                        {"-9223372036854775809", "not an integer"},
                                                        {"9223372036854775808", "not from"},
                                                        {"-1", "not from"}}) {
    ASSERT_OK_AND_ASSIGN(JsonDocument const document, ParseJson(text));
    EXPECT_THAT(JsonValue(document.root()).Int(0, INT64_MAX), IsRefused(why)) << text;
  }
  ASSERT_OK_AND_ASSIGN(JsonDocument const zero, ParseJson("-0"));
  EXPECT_EQ(JsonValue(zero.root()).Int(0, 0).value(), 0);
}

}  // namespace
}  // namespace probefarm
