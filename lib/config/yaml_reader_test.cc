#include "lib/config/yaml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "lib/config/temp_yaml_file.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Presence = YamlMapping::Presence;

void ReadNothing(YamlMapping&) {}

absl::Status Read(absl::string_view text, YamlMapping::Reader const& read) {
  return ReadYamlFile(TempYamlFile(text).path(), read);
}

auto IsInvalid(absl::string_view message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(std::string(message)));
}

TEST(ReadYamlFile, NamesAFileThatIsNotThere) {
  EXPECT_THAT(ReadYamlFile("/nowhere/x.yaml", ReadNothing),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere/x.yaml")));
}

TEST(ReadYamlFile, NamesWhatCannotBeRead) {
  TemporaryFolder const folder;
  EXPECT_THAT(ReadYamlFile(folder.path(), ReadNothing),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(folder.path())));
}

TEST(ReadYamlFile, NamesTheLineThatIsNotYaml) {
  EXPECT_THAT(Read("a: 1\nb: [1, 2\n", ReadNothing), IsInvalid(".yaml:3: "));
}

TEST(ReadYamlFile, RefusesWhatIsNotOneMapping) {
  EXPECT_THAT(Read("- a\n", ReadNothing), IsInvalid(".yaml:1: the file is not a mapping"));
  EXPECT_THAT(Read("{}\n---\na: 1\n", ReadNothing), IsInvalid("a second YAML document begins"));
  EXPECT_THAT(Read("*nobody", ReadNothing), IsInvalid(".yaml:1: "));
}

TEST(ReadYamlFile, AnEmptyFileIsAnEmptyMapping) {
  EXPECT_OK(Read("", ReadNothing));
  EXPECT_THAT(Read("# nothing\n", [](YamlMapping& top) { top.String("name"); }),
              IsInvalid(".yaml:1: name: is missing"));
}

TEST(ReadYamlFile, RefusesMoreThanOneMegabyte) {
  size_t const limit = size_t{1} << 20;
  EXPECT_OK(Read(std::string(limit, '#'), ReadNothing));
  EXPECT_THAT(Read(std::string(limit + 1, '#'), ReadNothing), IsInvalid("larger than 1 MB"));
}

TEST(ReadYamlFile, EndsOnDeepNesting) {
  EXPECT_THAT(Read(std::string(100000, '['), ReadNothing),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ReadYamlFile, TakesAliases) {
  std::vector<std::string> words;
  EXPECT_OK(Read("a: &list [x, y]\nb: *list\n", [&words](YamlMapping& top) {
    top.Strings("a");
    words = top.Strings("b");
  }));
  EXPECT_THAT(words, ElementsAre("x", "y"));
}

TEST(ReadYamlFile, StopsAtAliasesThatMultiply) {
  std::string text = "words: &words [x";
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&text, ", x");
  absl::StrAppend(&text, "]\nlists:\n");
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&text, "- {words: *words}\n");
  size_t read_words = 0;
  EXPECT_THAT(Read(text,
                   [&read_words](YamlMapping& top) {
                     top.Strings("words");
                     top.Mappings("lists", Presence::kRequired, [&read_words](YamlMapping& list) {
                       read_words += list.Strings("words").size();
                     });
                   }),
              IsInvalid("more than 100000 values"));
  EXPECT_LE(read_words, 100000);
}

TEST(ReadYamlFile, NamesEveryErrorInTheOrderOfTheFile) {
  absl::Status const status = Read("b: x\na: y\n", [](YamlMapping& top) {
    top.Int("a", 0, 1);
    top.Int("b", 0, 1);
  });
  EXPECT_THAT(status, IsInvalid(".yaml:1: b: 'x' is not a whole number\n"));
  EXPECT_THAT(status, IsInvalid(".yaml:2: a: 'y' is not a whole number"));
}

TEST(ReadYamlFile, ReportsABoundedNumberOfErrors) {
  std::string text;
  for (int i = 0; i < 60; ++i) absl::StrAppend(&text, "k", i, ": 1\n");
  EXPECT_THAT(Read(text, ReadNothing), IsInvalid("and 10 more errors"));
}

TEST(FindAbsentKeys, NamesWhatWasAskedForAndStandsNowhere) {
  TempYamlFile const file("list:\n- {a: 1}\n- {b: 2}\n");
  auto const read = [](YamlMapping& top) {
    top.String("name", "");
    top.Mappings("list", Presence::kRequired, [](YamlMapping& element) {
      for (char const* key : {"a", "b", "c"}) element.Int(key, 0, 9, 0);
    });
  };
  ASSERT_OK_AND_ASSIGN(std::vector<std::string> const absent, FindAbsentKeys(file.path(), read));
  EXPECT_THAT(absent, ElementsAre("list[].c", "name"));
}

}  // namespace
}  // namespace probefarm
