#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/testing/github/github_fixture.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kReleases[] = "/repos/o/r/releases";

class FakeReleases : public GitHubTest {
 protected:
  std::vector<std::string> Tags(std::string const& path) {
    std::vector<std::string> tags;
    for (Json const& release : GetJson(path)) tags.push_back(release["tag_name"]);
    return tags;
  }
};

TEST_F(FakeReleases, AreCreatedOnceForATag) {
  int64_t const id = CreateRelease("8.0.0/x86_64");
  EXPECT_EQ(GetJson(absl::StrCat(kReleases, "/", id))["tag_name"], "8.0.0/x86_64");
  EXPECT_EQ(GetJson(absl::StrCat(kReleases, "/tags/8.0.0%2Fx86_64"))["id"], id);
  HttpResponse const again = Post(kReleases, {{"tag_name", "8.0.0/x86_64"}});
  EXPECT_EQ(again.status, 422);
  EXPECT_EQ(FirstError(again), "already_exists tag_name");
}

TEST_F(FakeReleases, HaveNoTagThatLooksLikeACommit) {
  for (std::string const& tag : {std::string(40, 'a'), std::string("a b"), std::string("a..b")}) {
    HttpResponse const response = Post(kReleases, {{"tag_name", tag}});
    EXPECT_EQ(response.status, 422) << tag;
    EXPECT_EQ(FirstError(response), "custom tag_name");
  }
  EXPECT_EQ(Post(kReleases, {{"tag_name", std::string(39, 'a')}}).status, 201);
  EXPECT_EQ(FirstError(Post(kReleases, Json::object())), "missing_field tag_name");
}

TEST_F(FakeReleases, TargetACommitOrBranchOfTheirRepository) {
  std::string const commit(40, 'c');
  std::string const workflow(40, 'd');
  github->AddRepository(
      "o/r", {.branches = {"next"}, .commits = {commit}, .workflow_commits = {workflow}});
  EXPECT_EQ(Post(kReleases, {{"tag_name", "1"}, {"target_commitish", commit}}).status, 201);
  EXPECT_EQ(Post(kReleases, {{"tag_name", "2"}, {"target_commitish", "next"}}).status, 201);
  EXPECT_EQ(
      FirstError(Post(kReleases, {{"tag_name", "3"}, {"target_commitish", std::string(40, 'e')}})),
      "invalid target_commitish");
  EXPECT_EQ(Post(kReleases, {{"tag_name", "3"}, {"target_commitish", workflow}}).status, 404);
}

TEST_F(FakeReleases, HaveABodyOfSoManyCharacters) {
  std::string body;
  for (int i = 0; i < 125'000; ++i) body += "\xC3\xA4";
  EXPECT_EQ(Post(kReleases, {{"tag_name", "1"}, {"body", body}}).status, 201);
  body += "x";
  EXPECT_EQ(FirstError(Post(kReleases, {{"tag_name", "2"}, {"body", body}})), "custom body");
  int64_t const id = github->Releases("o/r").at(0).id;
  EXPECT_EQ(FirstError(Patch(absl::StrCat(kReleases, "/", id), {{"body", body}})), "custom body");
}

TEST_F(FakeReleases, AreShownAsDraftsOnlyToThoseWhoMayWrite) {
  HttpResponse const draft = Post(kReleases, {{"tag_name", "1"}, {"draft", true}});
  EXPECT_EQ(draft.status, 201);
  // Several drafts of one tag are what GitHub lets happen.
  EXPECT_EQ(Post(kReleases, {{"tag_name", "1"}, {"draft", true}}).status, 201);
  EXPECT_EQ(Get(absl::StrCat(kReleases, "/tags/1")).status, 404);
  EXPECT_EQ(Tags(kReleases).size(), 2);
  EXPECT_EQ(Get(kReleases, {{"authorization", ""}}).body, "[]");
  int64_t const id = Json::parse(draft.body)["id"];
  EXPECT_EQ(Patch(absl::StrCat(kReleases, "/", id), {{"draft", false}}).status, 200);
  EXPECT_EQ(GetJson(absl::StrCat(kReleases, "/tags/1"))["id"], id);
}

TEST_F(FakeReleases, AreChangedAndDeletedById) {
  std::string const url = absl::StrCat(kReleases, "/", CreateRelease("1"));
  EXPECT_EQ(Patch(url, {{"body", "notes"}, {"name", "One"}}).status, 200);
  EXPECT_EQ(GetJson(url)["body"], "notes");
  EXPECT_EQ(GetJson(url)["tag_name"], "1");
  EXPECT_EQ(Delete(url).status, 204);
  EXPECT_EQ(Get(url).status, 404);
  EXPECT_EQ(Delete(url).status, 404);
}

TEST_F(FakeReleases, AreListedNewestFirstInPages) {
  for (int i = 1; i <= 5; ++i) CreateRelease(absl::StrCat(i));
  EXPECT_THAT(Tags(absl::StrCat(kReleases, "?per_page=2&page=1")), ElementsAre("5", "4"));
  EXPECT_THAT(Tags(absl::StrCat(kReleases, "?per_page=2&page=3")), ElementsAre("1"));
  EXPECT_THAT(Tags(absl::StrCat(kReleases, "?per_page=2&page=4")), IsEmpty());
}

TEST_F(FakeReleases, LinkTheirPagesByTheRepositorysId) {
  for (int i = 1; i <= 5; ++i) CreateRelease(absl::StrCat(i));
  int64_t const id = GetJson("/repos/o/r")["id"];
  std::string const page =
      absl::StrCat(github->api_url(), "/repositories/", id, "/releases?per_page=2&page=");
  std::string const first = Get(absl::StrCat(kReleases, "?per_page=2")).headers["link"];
  EXPECT_EQ(first, absl::StrCat("<", page, "2>; rel=\"next\", <", page, "3>; rel=\"last\""));
  EXPECT_THAT(Tags(absl::StrCat("/repositories/", id, "/releases?per_page=2&page=2")),
              ElementsAre("3", "2"));
  std::string const last = Get(absl::StrCat(kReleases, "?per_page=2&page=3")).headers["link"];
  EXPECT_THAT(last,
              AllOf(HasSubstr("rel=\"prev\""), HasSubstr("rel=\"first\""), Not(HasSubstr("next"))));
}

TEST_F(FakeReleases, AreListedOneHundredAtMostOnAPage) {
  github->SetLimits({.off = true});
  for (int i = 1; i <= 101; ++i) github->PutRelease("o/r", {.tag = absl::StrCat(i)});
  EXPECT_EQ(GetJson(absl::StrCat(kReleases, "?per_page=1000")).size(), 100);
  EXPECT_EQ(GetJson(kReleases).size(), 30);
}

TEST_F(FakeReleases, AreNotListedBeyondTheFirstTenThousand) {
  github->SetLimits({.listed_releases = 200});
  for (int i = 1; i <= 250; ++i) github->PutRelease("o/r", {.tag = absl::StrCat(i)});
  HttpResponse const second = Get(absl::StrCat(kReleases, "?per_page=100&page=2"));
  EXPECT_EQ(second.status, 200);
  EXPECT_THAT(second.headers.at("link"), Not(HasSubstr("next")));
  EXPECT_EQ(Get(absl::StrCat(kReleases, "?per_page=100&page=3")).status, 422);
}

TEST_F(FakeReleases, AppearInListsLaterThanById) {
  github->SetListLag(absl::Seconds(30));
  int64_t const id = CreateRelease("1");
  EXPECT_EQ(GetJson(absl::StrCat(kReleases, "/", id))["tag_name"], "1");
  EXPECT_EQ(Upload(id, "a").status, 201);
  clock.Advance(absl::Seconds(29));
  EXPECT_THAT(Tags(kReleases), IsEmpty());
  EXPECT_EQ(GetJson(absl::StrCat(kReleases, "/", id, "/assets")).size(), 0);
  clock.Advance(absl::Seconds(1));
  EXPECT_THAT(Tags(kReleases), ElementsAre("1"));
  EXPECT_EQ(GetJson(absl::StrCat(kReleases, "/", id, "/assets")).size(), 1);
}

TEST_F(FakeReleases, LagAsLongAsTheSeedSays) {
  github->SetListLag(absl::ZeroDuration(), absl::Seconds(30), 3);
  for (int i = 1; i <= 20; ++i) CreateRelease(absl::StrCat(i));
  clock.Advance(absl::Seconds(15));
  EXPECT_GT(GetJson(kReleases).size(), 2);
  EXPECT_LT(GetJson(kReleases).size(), 18);
  clock.Advance(absl::Seconds(15));
  EXPECT_EQ(GetJson(kReleases).size(), 20);
}

TEST_F(FakeReleases, AreUnknownByTagForAWhile) {
  github->SetTagLag(absl::Seconds(5));
  int64_t const id = CreateRelease("1");
  EXPECT_EQ(Get(absl::StrCat(kReleases, "/tags/1")).status, 404);
  EXPECT_EQ(Get(absl::StrCat(kReleases, "/", id)).status, 200);
  EXPECT_EQ(FirstError(Post(kReleases, {{"tag_name", "1"}})), "already_exists tag_name");
  clock.Advance(absl::Seconds(5));
  EXPECT_EQ(Get(absl::StrCat(kReleases, "/tags/1")).status, 200);
}

TEST_F(FakeReleases, RefuseABodyThatIsNoJson) {
  std::string const url = github->api_url() + kReleases;
  EXPECT_EQ(Send("POST", url, "{").status, 400);
  EXPECT_EQ(Send("POST", url, R"({"tag_name": 7})").status, 422);
}

}  // namespace
}  // namespace probefarm
