#include <gmock/gmock.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/testing/github/github_fixture.h"

namespace probefarm {
namespace {

using testing::HasSubstr;

constexpr char kPath[] = "/repos/o/r/contents/docs/CHANGELOG.md";

class FakeContents : public GitHubTest {
 protected:
  HttpResponse Put(std::string const& content, std::string const& sha = "") {
    Json body = {{"message", "Say so"}, {"content", absl::Base64Escape(content)}};
    if (!sha.empty()) body["sha"] = sha;
    return Send("PUT", github->api_url() + kPath, body.dump());
  }
};

TEST_F(FakeContents, AreMadeAndChangedByTheirSha) {
  EXPECT_EQ(Get(kPath).status, 404);
  HttpResponse const made = Put("one\n");
  EXPECT_EQ(made.status, 201);
  std::string const sha = Json::parse(made.body)["content"]["sha"];
  EXPECT_EQ(GetJson(kPath)["sha"], sha);
  EXPECT_EQ(Put("two\n", sha).status, 200);
  EXPECT_EQ(*github->FileContent("o/r", "docs/CHANGELOG.md"), "two\n");
  EXPECT_FALSE(github->FileContent("o/r", "other").ok());
}

TEST_F(FakeContents, AreNotReplacedUnseen) {
  std::string const sha = Json::parse(Put("one\n").body)["content"]["sha"];
  HttpResponse const unseen = Put("two\n");
  EXPECT_EQ(unseen.status, 422);
  EXPECT_THAT(unseen.body, HasSubstr("wasn't supplied"));
  Put("two\n", sha);
  EXPECT_EQ(Put("three\n", sha).status, 409);
  EXPECT_EQ(*github->FileContent("o/r", "docs/CHANGELOG.md"), "two\n");
}

TEST_F(FakeContents, ComeInLinesOfBase64) {
  std::string const content(100, 'x');
  Put(content);
  Json const file = GetJson(kPath);
  EXPECT_EQ(file["encoding"], "base64");
  std::string const text = file["content"];
  EXPECT_EQ(text.find('\n'), 60);
  std::string decoded;
  EXPECT_TRUE(absl::Base64Unescape(absl::StrReplaceAll(text, {{"\n", ""}}), &decoded));
  EXPECT_EQ(decoded, content);
}

}  // namespace
}  // namespace probefarm
