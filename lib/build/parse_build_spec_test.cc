#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_replace.h"
#include "lib/build/build_spec.h"
#include "lib/build/sample_build_spec.h"
#include "lib/runtime/row_name.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using Json = nlohmann::json;

// The sample with the value at `pointer` replaced.
std::string With(char const* pointer, Json const& value) {
  Json document = Json::parse(ToJson(SampleBuildSpec()));
  document[Json::json_pointer(pointer)] = value;
  return document.dump();
}

std::string Without(char const* pointer, char const* key) {
  Json document = Json::parse(ToJson(SampleBuildSpec()));
  document[Json::json_pointer(pointer)].erase(key);
  return document.dump();
}

auto IsRefused(char const* path, char const* why) {
  return StatusIs(absl::StatusCode::kInvalidArgument,
                  AllOf(HasSubstr(std::string("build spec: ") + path + ": "), HasSubstr(why)));
}

struct Refusal {
  char const* pointer;
  Json value;
  char const* path;
  char const* why;
};

void PrintTo(Refusal const& refusal, std::ostream* out) {
  *out << refusal.path << ": " << refusal.why;
}

class ParseBuildSpecRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(ParseBuildSpecRefuses, AndNamesTheKey) {
  auto const& [pointer, value, path, why] = GetParam();
  EXPECT_THAT(ParseBuildSpec(With(pointer, value)), IsRefused(path, why)) << value;
}

INSTANTIATE_TEST_SUITE_P(
    Shape, ParseBuildSpecRefuses,
    testing::Values(
        Refusal{"/colour", "red", "the document", "unknown key 'colour'"},
        Refusal{"/image/colour", "red", "image", "unknown key 'colour'"},
        Refusal{"/headers/1/file/colour", "red", "headers[1].file", "unknown key 'colour'"},
        Refusal{"/headers", Json::object(), "headers", "not an array"},
        Refusal{"/headers/0", "a.deb", "headers[0]", "not an object"},
        Refusal{"/script", 7, "script", "not a string"},
        Refusal{"/env/LANG", nullptr, "env.LANG", "not a string"},
        Refusal{"/limits/processes", "512", "limits.processes", "not an integer"},
        Refusal{"/limits/processes", 1.5, "limits.processes", "not an integer"},
        Refusal{"/limits/cpus", "1", "limits.cpus", "not a number"},
        Refusal{"/probe/kind", "wasm", "probe.kind", "unknown kind 'wasm'"},
        Refusal{"/probe/arch", "amd64", "probe.arch", "unknown arch 'amd64'"},
        Refusal{"/source/0/format", "zip", "source[0].format", "none of deb, rpm and tar"}),
    RowName());

INSTANTIATE_TEST_SUITE_P(
    Names, ParseBuildSpecRefuses,
    testing::Values(
        Refusal{"/file_name", "a/b.ko", "file_name", "not a file name"},
        Refusal{"/file_name", "", "file_name", "not a file name"},
        Refusal{"/headers/0/file/name", "..", "headers[0].file.name", "not a file name"},
        Refusal{"/probe/driver_version", "../9", "probe.driver_version", "driver version"},
        Refusal{"/expect/driver_version", "", "expect.driver_version", "driver version"},
        Refusal{"/headers/0/file/sha256", std::string(64, 'A'), "headers[0].file.sha256",
                "hexadecimal"},
        Refusal{"/image/archive/sha256", "abc", "image.archive.sha256", "hexadecimal"},
        Refusal{"/image/id", std::string(64, 'a'), "image.id", "sha256:"},
        Refusal{"/image/id", "sha256:abc", "image.id", "sha256:"},
        Refusal{"/headers/0/file/urls/0", "file:///etc/passwd", "headers[0].file.urls[0]", "http"},
        Refusal{"/env/1A", "x", "env", "'1A' is not a variable's name"},
        Refusal{"/env/A=B", "x", "env", "'A=B' is not a variable's name"},
        Refusal{"/env/LANG", std::string("a\0b", 3), "env.LANG", "NUL"}),
    RowName());

INSTANTIATE_TEST_SUITE_P(
    Paths, ParseBuildSpecRefuses,
    testing::Values(
        Refusal{"/output", "../probe", "output", "stays in its tree"},
        Refusal{"/output", "out/../../probe", "output", "stays in its tree"},
        Refusal{"/output", "/etc/passwd", "output", "stays in its tree"},
        Refusal{"/output", "", "output", "stays in its tree"},
        Refusal{"/output", ".", "output", "stays in its tree"},
        Refusal{"/output", std::string("a\0b", 3), "output", "stays in its tree"},
        Refusal{"/source/0/strip_prefix", "../", "source[0].strip_prefix", "stays in its tree"},
        Refusal{"/source/0/strip_prefix", "/usr/", "source[0].strip_prefix", "stays in its tree"},
        Refusal{"/source/0/strip_prefix", "/", "source[0].strip_prefix", "stays in its tree"}),
    RowName());

INSTANTIATE_TEST_SUITE_P(
    Bounds, ParseBuildSpecRefuses,
    testing::Values(
        Refusal{"/headers/0/file/size", 0, "headers[0].file.size", "not from 1 to"},
        Refusal{"/headers/0/file/size", -1, "headers[0].file.size", "not from 1 to"},
        Refusal{"/headers/0/file/size", uint64_t{1} << 63, "headers[0].file.size", "not from 1 to"},
        Refusal{"/limits/timeout_seconds", 0, "limits.timeout_seconds", "not from 1 to"},
        Refusal{"/limits/memory_bytes", 0, "limits.memory_bytes", "not from 1 to"},
        Refusal{"/limits/output_bytes", int64_t{1} << 50, "limits.output_bytes", "not from 1 to"},
        Refusal{"/limits/log_bytes", 0, "limits.log_bytes", "not from 1 to"},
        Refusal{"/limits/processes", int64_t{1} << 32, "limits.processes", "not from 1 to"},
        Refusal{"/limits/cpus", 0, "limits.cpus", "not from"},
        Refusal{"/headers", Json::array_t(65), "headers", "more than 64 elements"},
        Refusal{"/headers/0/file/urls", Json::array_t(17), "headers[0].file.urls",
                "more than 16 elements"}),
    RowName());

TEST(ParseBuildSpec, RefusesMoreVariablesThanItTakes) {
  Json env;
  for (int i = 0; i < 65; ++i) env["A" + std::to_string(i)] = "";
  EXPECT_THAT(ParseBuildSpec(With("/env", env)), IsRefused("env", "more than 64 keys"));
}

TEST(ParseBuildSpec, NamesTheMissingKey) {
  EXPECT_THAT(ParseBuildSpec(Without("", "script")), IsRefused("the document", "no key 'script'"));
  EXPECT_THAT(ParseBuildSpec(Without("/headers/1/file", "sha256")),
              IsRefused("headers[1].file", "no key 'sha256'"));
}

TEST(ParseBuildSpec, TakesAWholePrefixOrNone) {
  for (char const* prefix : {"", "usr/src/scap-0.20.0/", "usr/src/scap-0.20.0", "a..b/"})
    EXPECT_OK(ParseBuildSpec(With("/source/0/strip_prefix", prefix))) << prefix;
}

TEST(ParseBuildSpec, RefusesAKeyThatStandsTwice) {
  std::string json = ToJson(SampleBuildSpec());
  json.insert(1, R"("script":"rm -rf /",)");
  EXPECT_THAT(ParseBuildSpec(json),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("stands twice")));
}

TEST(ParseBuildSpec, RefusesAKeyThatStandsTwiceAtAnyDepth) {
  std::string const json = ToJson(SampleBuildSpec());
  for (auto const& [object, key] : std::vector<std::pair<std::string, std::string>>{
           {R"("env":{)", R"("LANG":"C",)"},
           {R"("expect":{)", R"("kernel_release":"6",)"},
           {R"("headers":[{)", R"("format":"deb",)"},
           {R"("file":{)", R"("size":1,)"},
           {R"("image":{)", R"("id":"x",)"},
           {R"("archive":{)", R"("urls":[],)"},
           {R"("limits":{)", R"("cpus":1,)"},
           {R"("probe":{)", R"("kind":"bpf",)"},
           {R"("source":[{)", R"("strip_prefix":"",)"}}) {
    std::string const twice = absl::StrReplaceAll(json, {{object, object + key}});
    ASSERT_NE(twice, json) << object;
    EXPECT_THAT(ParseBuildSpec(twice),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("stands twice")))
        << object;
  }
}

TEST(ParseBuildSpec, RefusesWhatIsNotJson) {
  std::string const json = ToJson(SampleBuildSpec());
  std::string const deep(100000, '[');
  std::string const number = R"({"a":1e999})";
  for (std::string const& text : {std::string(), json.substr(0, json.size() / 2), json + "{}", deep,
                                  number, std::string("\"\xff\"")}) {
    EXPECT_THAT(ParseBuildSpec(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("build spec: not JSON")));
  }
}

TEST(ParseBuildSpec, AnswersTheCanonicalFormOfADocument) {
  std::string const canonical = ToJson(SampleBuildSpec());
  for (std::string const& text : {canonical, " " + canonical, canonical + "\n"}) {
    ASSERT_OK_AND_ASSIGN(BuildSpecDocument const document, ParseBuildSpecDocument(text));
    EXPECT_EQ(document.json, canonical);
    EXPECT_EQ(document.spec, SampleBuildSpec());
  }
}

TEST(ParseBuildSpec, ANumberThatCanBeWrittenInTwoWaysHasOneCanonicalForm) {
  BuildSpec spec = SampleBuildSpec();
  spec.limits.cpus = 2;
  std::string const canonical = ToJson(spec);
  std::string const other = absl::StrReplaceAll(canonical, {{"\"cpus\":2.0", "\"cpus\":2"}});
  ASSERT_NE(other, canonical);
  ASSERT_OK_AND_ASSIGN(BuildSpecDocument const document, ParseBuildSpecDocument(other));
  EXPECT_EQ(document.json, canonical);
}

TEST(ParseBuildSpec, EndsOnDeepNesting) {
  std::string const deep = std::string(500000, '[') + std::string(500000, ']');
  EXPECT_THAT(ParseBuildSpec(deep), IsRefused("the document", "not an object"));
}

TEST(ParseBuildSpec, RefusesADocumentOverOneMegabyte) {
  std::string const json = ToJson(SampleBuildSpec());
  size_t const limit = size_t{1} << 20;
  EXPECT_OK(ParseBuildSpec(json + std::string(limit - json.size(), ' ')));
  EXPECT_THAT(ParseBuildSpec(json + std::string(limit - json.size() + 1, ' ')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("larger than 1 MB")));
}

}  // namespace
}  // namespace probefarm
