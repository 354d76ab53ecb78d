#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/config/temp_yaml_file.h"
#include "lib/config/yaml_reader.h"
#include "lib/runtime/row_name.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

using Presence = YamlMapping::Presence;

absl::Status Read(absl::string_view text, YamlMapping::Reader const& read) {
  return ReadYamlFile(TempYamlFile(text).path(), read);
}

// The whole of what is said, less the file's name.
auto Says(absl::string_view message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, EndsWith(absl::StrCat(".yaml:", message)));
}

TEST(YamlMapping, ReadsEachType) {
  std::string const text =
      "word: x y\nquoted: \"7\"\nint: -7\ndouble: 1.5\nbool: true\nduration: 1h30m\n"
      "bytes: 2GB\nwords: [a, b]\n";
  EXPECT_OK(Read(text, [](YamlMapping& top) {
    EXPECT_EQ(top.String("word"), "x y");
    EXPECT_EQ(top.String("quoted"), "7");
    EXPECT_EQ(top.Int("int", -10, 10), -7);
    EXPECT_EQ(top.Double("double", 0, 10), 1.5);
    EXPECT_TRUE(top.Bool("bool"));
    EXPECT_EQ(top.Duration("duration", absl::Seconds(1), absl::Hours(2)), absl::Minutes(90));
    EXPECT_EQ(top.Bytes("bytes", 0, int64_t{1} << 40), int64_t{2} << 30);
    EXPECT_THAT(top.Strings("words"), ElementsAre("a", "b"));
  }));
}

TEST(YamlMapping, TheDefaultStandsInForAnAbsentKey) {
  EXPECT_OK(Read("{}", [](YamlMapping& top) {
    EXPECT_EQ(top.String("a", "x"), "x");
    EXPECT_EQ(top.Int("b", 0, 10, 7), 7);
    EXPECT_EQ(top.Double("c", 0, 10, 1.5), 1.5);
    EXPECT_TRUE(top.Bool("d", true));
    EXPECT_EQ(top.Duration("e", absl::Seconds(1), absl::Hours(2), absl::Minutes(1)),
              absl::Minutes(1));
    EXPECT_EQ(top.Bytes("f", 0, 10, 5), 5);
    EXPECT_THAT(top.Strings("g", {{"x"}}), ElementsAre("x"));
    EXPECT_FALSE(top.Has("h"));
    top.Mapping("i", Presence::kOptional, [](YamlMapping&) { FAIL(); });
    top.Mappings("j", Presence::kOptional, [](YamlMapping&) { FAIL(); });
  }));
}

struct WrongValue {
  char const* text;
  void (*read)(YamlMapping&);
  char const* says;
};

void PrintTo(WrongValue const& value, std::ostream* out) { *out << value.says; }

class YamlMappingRefuses : public testing::TestWithParam<WrongValue> {};

TEST_P(YamlMappingRefuses, AndNamesLineAndKey) {
  EXPECT_THAT(Read(GetParam().text, GetParam().read), Says(GetParam().says));
}

void ReadInt(YamlMapping& top) { top.Int("k", 1, 9); }
void ReadDouble(YamlMapping& top) { top.Double("k", 0.5, 9); }
void ReadBool(YamlMapping& top) { top.Bool("k", true); }
void ReadDuration(YamlMapping& top) { top.Duration("k", absl::Seconds(1), absl::Minutes(2)); }
void ReadBytes(YamlMapping& top) { top.Bytes("k", 1, 2048); }
void ReadString(YamlMapping& top) { top.String("k"); }
void ReadStrings(YamlMapping& top) { top.Strings("k"); }
void ReadMapping(YamlMapping& top) {
  top.Mapping("k", Presence::kRequired, [](YamlMapping& inner) { inner.String("x"); });
}
void ReadMappings(YamlMapping& top) {
  top.Mappings("k", Presence::kRequired, [](YamlMapping& inner) { inner.String("x"); });
}

INSTANTIATE_TEST_SUITE_P(
    Words, YamlMappingRefuses,
    testing::Values(
        WrongValue{"\nk: many", ReadInt, "2: k: 'many' is not a whole number"},
        WrongValue{"k: 1.5", ReadInt, "1: k: '1.5' is not a whole number"},
        WrongValue{"k: 10", ReadInt, "1: k: '10' is not from 1 to 9"},
        WrongValue{"k: 0", ReadInt, "1: k: '0' is not from 1 to 9"},
        WrongValue{"k: much", ReadDouble, "1: k: 'much' is not a number"},
        WrongValue{"k: nan", ReadDouble, "1: k: 'nan' is not from 0.5 to 9"},
        WrongValue{"k: yes", ReadBool, "1: k: 'yes' is neither true nor false"},
        WrongValue{"k: soon", ReadDuration, "1: k: 'soon' is not a duration such as 30s or 1h30m"},
        WrongValue{"k: 30", ReadDuration, "1: k: '30' is not a duration such as 30s or 1h30m"},
        WrongValue{"k: -1s", ReadDuration, "1: k: '-1s' is not from 1s to 2m"},
        WrongValue{"k: inf", ReadDuration, "1: k: 'inf' is not from 1s to 2m"},
        WrongValue{"k: 2 GB", ReadBytes, "1: k: '2 GB' is not a size such as 512MB or 2GB"},
        WrongValue{"k: 1GB", ReadBytes, "1: k: '1GB' is not from 1 to 2048"},
        WrongValue{"k: \"a\\nb\"", ReadBool, "1: k: 'a\\nb' is neither true nor false"}),
    RowName());

INSTANTIATE_TEST_SUITE_P(
    Shapes, YamlMappingRefuses,
    testing::Values(WrongValue{"{}", ReadString, "1: k: is missing"},
                    WrongValue{"k:", ReadString, "1: k: is empty"},
                    WrongValue{"k: [a]", ReadString, "1: k: is not a single value"},
                    WrongValue{"k: a", ReadStrings, "1: k: is not a list"},
                    WrongValue{"k: [a, [b]]", ReadStrings, "1: k: element 2 is not a single value"},
                    WrongValue{"k: a", ReadMapping, "1: k: is not a mapping of keys to values"},
                    WrongValue{"k:", ReadMapping, "1: k: is not a mapping of keys to values"},
                    WrongValue{"k:\n  y: 1\n  x: 1", ReadMapping, "2: k.y: is not a known key"},
                    WrongValue{"k: {x: 1}\nz: 1", ReadMapping, "2: z: is not a known key"},
                    WrongValue{"k:\n  x: 1\n  x: 2", ReadMapping, "3: k.x: stands twice"},
                    WrongValue{"k: {x: 1, [y]: 2}", ReadMapping, "1: k: a key is not a word"},
                    WrongValue{"k: {x: 1}", ReadMappings, "1: k: is not a list"},
                    WrongValue{"k:\n- x: 1\n- 7", ReadMappings,
                               "3: k[1]: is not a mapping of keys to values"},
                    WrongValue{"k:\n- x: 1\n- {}", ReadMappings, "3: k[1].x: is missing"}),
    RowName());

TEST(YamlMapping, TellsAMappingFromAWord) {
  EXPECT_OK(Read("a: {b: c}\nd: e\n", [](YamlMapping& top) {
    EXPECT_TRUE(top.HasMapping("a"));
    EXPECT_FALSE(top.HasMapping("d"));
    EXPECT_FALSE(top.HasMapping("f"));
  }));
}

TEST(YamlMapping, ReadsOnAfterAnError) {
  absl::Status const status = Read("a: x\nb: y\n", [](YamlMapping& top) {
    EXPECT_EQ(top.Int("a", 0, 9, 7), 7);
    EXPECT_EQ(top.Int("b", 0, 9), 0);
  });
  EXPECT_THAT(std::string(status.message()), HasSubstr(":1: a: "));
  EXPECT_THAT(std::string(status.message()), HasSubstr(":2: b: "));
}

TEST(YamlMapping, KeepsOnlyTheFirstErrorOfAKey) {
  absl::Status const status = Read("a: x\n", [](YamlMapping& top) {
    top.Int("a", 0, 9);
    top.Error("a", "is not prime");
  });
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("prime")));
}

TEST(YamlMapping, ReportsWhatItsCallerFinds) {
  EXPECT_THAT(Read("\na: 4\n",
                   [](YamlMapping& top) {
                     top.Int("a", 0, 9);
                     top.Check("a", absl::OkStatus());
                     top.Check("a", absl::InvalidArgumentError("is not prime"));
                   }),
              Says("2: a: is not prime"));
}

}  // namespace
}  // namespace probefarm
