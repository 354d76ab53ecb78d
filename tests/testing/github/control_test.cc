#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/testing/github/github_fixture.h"

namespace probefarm {
namespace {

using testing::HasSubstr;

class FakeControl : public GitHubTest {
 protected:
  HttpResponse Control(std::string const& what, Json const& body) {
    return Send("POST", absl::StrCat(github->api_url(), "/_control/", what), body.dump(),
                {{"authorization", ""}});
  }
  Json Show(std::string const& what) { return GetJson("/_control/" + what); }
};

TEST_F(FakeControl, PlantsAndClearsFaults) {
  EXPECT_EQ(Control("faults", {{"rule", "502 times=0"}}).status, 200);
  EXPECT_EQ(Get("/repos/o/r").status, 502);
  EXPECT_EQ(Delete("/_control/faults").status, 200);
  EXPECT_EQ(Get("/repos/o/r").status, 200);
  HttpResponse const refused = Control("faults", {{"rule", "nothing"}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("nothing"));
  EXPECT_EQ(Control("faults", {{"law", "502"}}).status, 400);
  EXPECT_EQ(Control("nothing", Json::object()).status, 404);
}

TEST_F(FakeControl, MovesTimeAndLag) {
  Control("lag", {{"list_seconds", 30}, {"tag_seconds", 5}});
  CreateRelease("1");
  EXPECT_EQ(GetJson("/repos/o/r/releases").size(), 0);
  EXPECT_EQ(Get("/repos/o/r/releases/tags/1").status, 404);
  HttpResponse const moved = Control("clock", {{"advance_seconds", 30}});
  EXPECT_EQ(Json::parse(moved.body)["now"], "2027-01-15T08:00:30Z");
  EXPECT_EQ(GetJson("/repos/o/r/releases").size(), 1);
  EXPECT_EQ(Get("/repos/o/r/releases/tags/1").status, 200);
}

TEST_F(FakeControl, AddsRepositoriesTokensAndLimits) {
  Control("repositories", {{"name", "o/new"}, {"default_branch", "trunk"}});
  Control("tokens", {{"value", "reader"}, {"may_write", false}});
  EXPECT_EQ(GetJson("/repos/o/new")["default_branch"], "trunk");
  HttpResponse const seen = Get("/repos/o/new", {{"authorization", "Bearer reader"}});
  EXPECT_EQ(Json::parse(seen.body)["permissions"]["push"], false);
  Control("limits", {{"points_a_minute", 2}});
  EXPECT_EQ(Get("/repos/o/r").status, 403);
  Control("limits", {{"off", true}});
  EXPECT_EQ(Get("/repos/o/r").status, 200);
}

TEST_F(FakeControl, PlantsAndRemovesAssets) {
  Control("assets",
          Json::array({{{"repository", "o/r"}, {"tag", "1"}, {"name", "a"}, {"text", "one"}},
                       {{"repository", "o/r"}, {"tag", "1"}, {"name", "b"}, {"size", 7}}}));
  Control("assets", {{"repository", "o/r"}, {"tag", "1"}, {"name", "a"}, {"text", "tampered"}});
  std::optional<FakeRelease> const release = github->Release("o/r", "1");
  ASSERT_TRUE(release);
  ASSERT_EQ(release->assets.size(), 2);
  EXPECT_EQ(*release->assets[0].bytes, "tampered");
  EXPECT_EQ(release->assets[1].size, 7);
  std::string const asset =
      absl::StrCat("/_control/assets?repository=o/r&id=", release->assets[0].id);
  EXPECT_EQ(Delete(asset).status, 200);
  EXPECT_EQ(Delete(asset).status, 404);
  EXPECT_EQ(Control("assets", {{"repository", "o/none"}, {"tag", "1"}, {"name", "a"}}).status, 400);
}

TEST_F(FakeControl, ShowsStateCountersAndRequests) {
  Upload(CreateRelease("1"), "a");
  Json const release = Show("state")["o/r"]["releases"][0];
  EXPECT_EQ(release["tag"], "1");
  EXPECT_EQ(release["assets"][0]["name"], "a");
  Json const counters = Show("counters");
  EXPECT_EQ(counters["calls"]["upload"], 1);
  EXPECT_EQ(counters["points"], 3);
  EXPECT_EQ(counters["limited"], 0);
  Json const requests = Show("requests");
  ASSERT_EQ(requests.size(), 2);
  EXPECT_EQ(requests[1]["listener"], "uploads");
  EXPECT_EQ(requests[1]["kind"], "upload");
  EXPECT_EQ(requests[1]["status"], 201);
  Delete("/_control/counters");
  EXPECT_EQ(Show("counters")["points"], 0);
}

}  // namespace
}  // namespace probefarm
