#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/testing/github/github_fixture.h"

namespace probefarm {
namespace {

using testing::HasSubstr;

class FakeAccess : public GitHubTest {
 protected:
  int StatusWith(std::string const& authorization, std::string const& method = "GET") {
    return Send(method, github->api_url() + "/repos/o/r/releases",
                method == "GET" ? "" : R"({"tag_name": "1"})", {{"authorization", authorization}})
        .status;
  }
};

TEST_F(FakeAccess, IsByBearerOrToken) {
  EXPECT_EQ(StatusWith("Bearer secret"), 200);
  EXPECT_EQ(StatusWith("token secret"), 200);
  EXPECT_EQ(StatusWith("Bearer other"), 401);
  EXPECT_EQ(StatusWith("Basic secret"), 401);
}

TEST_F(FakeAccess, IsToReadAloneForAReadOnlyToken) {
  github->AddToken({.value = "reader", .may_write = false});
  EXPECT_EQ(StatusWith("Bearer reader"), 200);
  HttpResponse const refused = Send("POST", github->api_url() + "/repos/o/r/releases", "{}",
                                    {{"authorization", "Bearer reader"}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("Resource not accessible"));
  EXPECT_EQ(GetJson("/repos/o/r")["permissions"]["push"], true);
  HttpResponse const seen = Get("/repos/o/r", {{"authorization", "Bearer reader"}});
  EXPECT_EQ(Json::parse(seen.body)["permissions"]["push"], false);
}

TEST_F(FakeAccess, WithoutATokenIsToReadWhatIsPublic) {
  EXPECT_EQ(StatusWith(""), 200);
  EXPECT_EQ(StatusWith("", "POST"), 401);
  github->AddRepository("o/r", {.is_private = true});
  EXPECT_EQ(StatusWith(""), 404);
  EXPECT_EQ(StatusWith("", "POST"), 404);
  EXPECT_EQ(StatusWith("Bearer secret"), 200);
}

TEST_F(FakeAccess, IsToTheTokensOwnRepositories) {
  github->AddToken({.value = "narrow", .repositories = {"o/other"}});
  EXPECT_EQ(StatusWith("Bearer narrow"), 200);
  EXPECT_EQ(StatusWith("Bearer narrow", "POST"), 403);
  github->AddRepository("o/r", {.is_private = true});
  EXPECT_EQ(StatusWith("Bearer narrow"), 404);
}

TEST_F(FakeAccess, EndsWithTheToken) {
  github->AddToken({.value = "short", .expires = clock.Now() + absl::Hours(1)});
  EXPECT_EQ(StatusWith("Bearer short"), 200);
  clock.Advance(absl::Hours(1));
  EXPECT_EQ(StatusWith("Bearer short"), 401);
  github->ExpireToken("secret");
  EXPECT_EQ(StatusWith("Bearer secret"), 401);
}

TEST_F(FakeAccess, TellsTheDefaultBranch) {
  github->AddRepository("o/r", {.default_branch = "trunk"});
  EXPECT_EQ(GetJson("/repos/o/r")["default_branch"], "trunk");
  EXPECT_EQ(Get("/repos/o/none").status, 404);
  EXPECT_EQ(Get("/nothing/here").status, 404);
}

TEST_F(FakeAccess, IsLogged) {
  Get("/repos/o/r");
  Send("GET", github->storage_url() + "/asset/1/a", "", {{"authorization", ""}});
  std::vector<FakeRequest> const requests = github->requests();
  ASSERT_EQ(requests.size(), 2);
  EXPECT_EQ(requests[0].listener, "api");
  EXPECT_EQ(requests[0].target, "/repos/o/r");
  EXPECT_EQ(requests[0].kind, FakeCallKind::kGetRepository);
  EXPECT_EQ(requests[0].status, 200);
  EXPECT_TRUE(requests[0].has_authorization);
  EXPECT_EQ(requests[0].host, github->api_url().substr(7));
  EXPECT_EQ(requests[1].listener, "storage");
  EXPECT_FALSE(requests[1].has_authorization);
  EXPECT_EQ(github->counters().leaked_tokens, 0);
}

TEST_F(FakeAccess, WithATokenForAnotherHostIsALeak) {
  Get("/repos/o/r", {{"host", "example.org"}});
  EXPECT_EQ(github->counters().leaked_tokens, 1);
}

}  // namespace
}  // namespace probefarm
