#include <fstream>

#include "absl/strings/str_cat.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"
#include "tests/testing/github/github_fixture.h"

namespace probefarm {
namespace {

class FakeState : public GitHubTest {
 protected:
  void SetUp() override { Restart(); }
  void Restart() {
    github.reset();
    Start({.state_dir = folder.path()});
  }
  std::string JournalPath() const { return absl::StrCat(folder.path(), "/journal"); }

  TemporaryFolder folder;
};

TEST_F(FakeState, IsThereAgainAfterARestart) {
  int64_t const release = CreateRelease("1");
  int64_t const other = CreateRelease("2");
  Upload(release, "a", std::string("\0\xff", 2));
  Upload(release, "b");
  Delete(absl::StrCat("/repos/o/r/releases/", other));
  int64_t const b = github->Releases("o/r").at(0).assets.at(1).id;
  Delete(absl::StrCat("/repos/o/r/releases/assets/", b));
  Send("PUT", github->api_url() + "/repos/o/r/contents/F", R"({"message":"m","content":"AP8="})");
  std::string const before = GetJson("/repos/o/r/releases")[0]["created_at"];
  clock.Advance(absl::Hours(1));
  Restart();
  std::vector<FakeRelease> const releases = github->Releases("o/r");
  ASSERT_EQ(releases.size(), 1);
  EXPECT_EQ(releases[0].id, release);
  ASSERT_EQ(releases[0].assets.size(), 1);
  EXPECT_EQ(*releases[0].assets[0].bytes, std::string("\0\xff", 2));
  EXPECT_EQ(GetJson("/repos/o/r/releases")[0]["created_at"], before);
  EXPECT_EQ(*github->FileContent("o/r", "F"), std::string("\0\xff", 2));
  EXPECT_GT(CreateRelease("3"), b);
}

TEST_F(FakeState, KeepsWhatAPatchChanged) {
  int64_t const release = CreateRelease("1");
  Upload(release, "a");
  std::string const path = absl::StrCat("/repos/o/r/releases/", release);
  Patch(path, {{"body", "notes"}});
  int64_t const asset = github->Releases("o/r").at(0).assets.at(0).id;
  Patch(absl::StrCat("/repos/o/r/releases/assets/", asset), {{"name", "b"}});
  Restart();
  EXPECT_EQ(GetJson(path)["body"], "notes");
  EXPECT_EQ(GetJson(path)["assets"][0]["name"], "b");
}

TEST_F(FakeState, KnowsTheTokensThatWereGiven) {
  github->AddToken({.value = "given", .login = "bot", .may_write = false});
  github->ExpireToken("given");
  github->AddToken({.value = "other", .repositories = {"o/r"}});
  Restart();
  EXPECT_EQ(Get("/repos/o/r", {{"authorization", "Bearer given"}}).status, 401);
  EXPECT_EQ(Get("/repos/o/r", {{"authorization", "Bearer other"}}).status, 200);
}

TEST_F(FakeState, ForgetsALineThatBrokeOff) {
  CreateRelease("1");
  github.reset();
  std::ofstream(JournalPath(), std::ios::app) << R"({"revision": 99, "thing)";
  Restart();
  CreateRelease("2");
  Restart();
  EXPECT_EQ(github->Releases("o/r").size(), 2);
}

TEST_F(FakeState, IsRefusedWhenItCannotBeRead) {
  github.reset();
  std::ofstream(JournalPath(), std::ios::app) << "nonsense\n";
  EXPECT_THAT(FakeGitHub::Start({.state_dir = folder.path()}),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(FakeState, NeedsItsPorts) {
  FakeGitHubOptions options;
  options.port = std::stoi(github->api_url().substr(github->api_url().rfind(':') + 1));
  EXPECT_THAT(FakeGitHub::Start(options), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace probefarm
