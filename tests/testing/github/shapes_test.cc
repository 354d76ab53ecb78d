#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/testing/github/github_fixture.h"

namespace probefarm {
namespace {

using Json = nlohmann::json;

// Holds answers against testdata/answers.json: the fields that GitHub's description of its API
// requires, with their types.
class Shapes {
 public:
  Shapes() { std::ifstream(TEST_DATA_DIR "/answers.json") >> shapes_; }

  // What is wrong, one line each.
  std::string Problems(std::string const& shape, Json const& value,
                       std::string const& where) const {
    if (!value.is_object()) return where + ": is no object\n";
    std::string problems;
    for (auto const& [field, types] : shapes_.at(shape).items()) {
      std::string const path = absl::StrCat(where, ".", field);
      if (!value.contains(field))
        absl::StrAppend(&problems, path, ": is missing\n");
      else
        absl::StrAppend(&problems, OfTypes(types, value[field], path));
    }
    return problems;
  }

 private:
  std::string OfTypes(std::string const& types, Json const& value, std::string const& path) const {
    std::string problems;
    for (absl::string_view const type : absl::StrSplit(types, '|')) {
      std::string const found = OfType(std::string(type), value, path);
      if (found.empty()) return "";
      problems += found;
    }
    return problems;
  }

  std::string OfType(std::string const& type, Json const& value, std::string const& path) const {
    if (type == "assets") return Each("asset", value, path);
    if (type == "field_errors") return Each("field_error", value, path);
    if (shapes_.contains(type)) return Problems(type, value, path);
    bool const fits = (type == "null" && value.is_null()) ||
                      (type == "string" && value.is_string()) ||
                      (type == "integer" && value.is_number_integer()) ||
                      (type == "boolean" && value.is_boolean()) ||
                      (type == "time" && value.is_string() && IsTime(value));
    return fits ? "" : absl::StrCat(path, ": is no ", type, "\n");
  }

  std::string Each(std::string const& shape, Json const& value, std::string const& path) const {
    if (!value.is_array()) return path + ": is no array\n";
    std::string problems;
    for (Json const& element : value) problems += Problems(shape, element, path + "[]");
    return problems;
  }

  static bool IsTime(std::string const& text) {
    absl::Time time;
    return absl::ParseTime(absl::RFC3339_sec, text, &time, nullptr);
  }

  Json shapes_;
};

class FakeShapes : public GitHubTest {
 protected:
  void Expect(std::string const& shape, Json const& value) {
    EXPECT_EQ(shapes.Problems(shape, value, shape), "") << value;
  }
  Shapes shapes;
};

TEST_F(FakeShapes, AreThoseOfGitHubsDescription) {
  int64_t const id = CreateRelease("1");
  Json const uploaded = Json::parse(Upload(id, "a").body);
  Plant("502-starter");
  Upload(id, "b");
  Expect("asset", uploaded);
  Expect("release", GetJson(absl::StrCat("/repos/o/r/releases/", id)));
  EXPECT_EQ(GetJson(absl::StrCat("/repos/o/r/releases/", id))["assets"].size(), 2);
  Expect("release", GetJson("/repos/o/r/releases/tags/1"));
  Expect("release", GetJson("/repos/o/r/releases")[0]);
  for (Json const& asset : GetJson(absl::StrCat("/repos/o/r/releases/", id, "/assets")))
    Expect("asset", asset);
  Expect("release",
         Json::parse(Post("/repos/o/r/releases", {{"tag_name", "2"}, {"draft", true}}).body));
  Expect("release",
         Json::parse(Patch(absl::StrCat("/repos/o/r/releases/", id), {{"body", "x"}}).body));
}

TEST_F(FakeShapes, OfErrorsAreThoseOfGitHubsDescription) {
  int64_t const id = CreateRelease("1");
  Upload(id, "a");
  Expect("validation_error", Json::parse(Upload(id, "a").body));
  Expect("validation_error", Json::parse(Post("/repos/o/r/releases", {{"tag_name", "1"}}).body));
  Expect("error", Json::parse(Get("/repos/o/r/releases/7").body));
  Expect("error", Json::parse(Get("/repos/o/r", {{"authorization", "Bearer x"}}).body));
  Plant("403-retry-after");
  Expect("error", Json::parse(Get("/repos/o/r").body));
}

TEST_F(FakeShapes, WouldBeFoundOutIfTheyWereOthers) {
  Json asset = Json::parse(Upload(CreateRelease("1"), "a").body);
  asset.erase("label");
  EXPECT_EQ(shapes.Problems("asset", asset, "asset"), "asset.label: is missing\n");
  asset["label"] = 7;
  EXPECT_NE(shapes.Problems("asset", asset, "asset"), "");
}

}  // namespace
}  // namespace probefarm
