#include "lib/build/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace probefarm {
namespace {

using Json = nlohmann::json;

std::string Written(absl::string_view text) {
  JsonWriter writer;
  writer.String(text);
  return writer.Take();
}

std::string Written(double number) {
  JsonWriter writer;
  writer.Double(number);
  return writer.Take();
}

// What specs were written with, and their fingerprints made of, before there was a JsonWriter.
std::string WrittenBefore(Json const& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

TEST(JsonWriter, PartsValuesByCommas) {
  JsonWriter writer;
  writer.StartObject();
  writer.Key("a");
  writer.StartArray();
  writer.Int(-1);
  writer.StartObject();
  writer.EndObject();
  writer.StartArray();
  writer.EndArray();
  writer.String("x");
  writer.EndArray();
  writer.Key("b");
  writer.Double(4);
  writer.EndObject();
  EXPECT_EQ(writer.Take(), R"({"a":[-1,{},[],"x"],"b":4.0})");
}

TEST(JsonWriter, EscapesWhatMustBeAndInOneWay) {
  EXPECT_EQ(Written(absl::string_view("\"\\/\b\f\n\r\t\0\x1f\x7f", 11)),
            "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\"");
}

TEST(JsonWriter, WritesEachByteAtEachPlaceAsBefore) {
  for (int byte = 0; byte < 256; ++byte) {
    for (size_t at = 0; at < 20; ++at) {
      std::string text(20, 'x');
      text[at] = static_cast<char>(byte);
      EXPECT_EQ(Written(text), WrittenBefore(text)) << byte << " at " << at;
    }
  }
}

TEST(JsonWriter, WritesUtf8AndWhatIsNoneAsBefore) {
  for (char const* text :
       {"", "\xe2\x82\xac\n", "\xff\xff", "a\xe2\x82z", "\xed\xa0\x80\"", "\xc3"})
    EXPECT_EQ(Written(text), WrittenBefore(text)) << text;
}

TEST(JsonWriter, WritesNumbersAsBefore) {
  for (double const number : {0.0, -0.0, 0.1, 1.5, 4.0, 1e-5, 1e15, 1e16, 5e-324, 1.7e308})
    EXPECT_EQ(Written(number), WrittenBefore(number));
  EXPECT_EQ(Written(std::nan("")), "null");
}

}  // namespace
}  // namespace probefarm
