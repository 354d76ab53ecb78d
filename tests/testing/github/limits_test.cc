#include <gmock/gmock.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/testing/github/github_fixture.h"

namespace probefarm {
namespace {

using testing::HasSubstr;

class FakeLimitsOverHttp : public GitHubTest {
 protected:
  static int Remaining(HttpResponse const& response) {
    int remaining = -1;
    auto const found = response.headers.find("x-ratelimit-remaining");
    if (found != response.headers.end()) (void)absl::SimpleAtoi(found->second, &remaining);
    return remaining;
  }
};

TEST_F(FakeLimitsOverHttp, AreInTheHeadersOfTheApiAlone) {
  int64_t const release = CreateRelease("1");
  HttpResponse const uploaded = Upload(release, "a");
  EXPECT_EQ(Remaining(uploaded), -1);
  EXPECT_EQ(uploaded.headers.count("x-ratelimit-reset"), 0);
  HttpResponse const read = Get("/repos/o/r");
  // One for the release, two for the upload, one for this.
  EXPECT_EQ(Remaining(read), 5000 - 4);
  EXPECT_EQ(read.headers.at("x-ratelimit-used"), "4");
  EXPECT_EQ(read.headers.at("x-ratelimit-reset"),
            absl::StrCat(absl::ToUnixSeconds(clock.Now() + absl::Hours(1))));
  EXPECT_EQ(read.headers.at("date"), "Fri, 15 Jan 2027 08:00:00 GMT");
}

TEST_F(FakeLimitsOverHttp, CountAClashThreeTimes) {
  int64_t const release = CreateRelease("1");
  Upload(release, "a");
  Upload(release, "a");
  EXPECT_EQ(Remaining(Get("/repos/o/r")), 5000 - 1 - 2 - 3 - 1);
  EXPECT_EQ(github->counters().points, 7);
}

TEST_F(FakeLimitsOverHttp, AnswerThatTheHourIsUsedUp) {
  github->AddToken({.value = "secret", .points_an_hour = 2});
  EXPECT_EQ(Get("/repos/o/r").status, 200);
  EXPECT_EQ(Get("/repos/o/r").status, 200);
  HttpResponse const refused = Get("/repos/o/r");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(Remaining(refused), 0);
  EXPECT_EQ(refused.headers.count("retry-after"), 0);
  EXPECT_THAT(refused.body, HasSubstr("API rate limit exceeded"));
  EXPECT_EQ(GetJson("/rate_limit")["resources"]["core"]["remaining"], 0);
  EXPECT_EQ(github->counters().limited, 1);
  EXPECT_EQ(github->counters().limited_by.at("primary"), 1);
  clock.Advance(absl::Hours(1));
  EXPECT_EQ(Get("/repos/o/r").status, 200);
}

TEST_F(FakeLimitsOverHttp, AnswerWhenToTryAgain) {
  github->SetLimits({.creations_a_minute = 2});
  int64_t const release = CreateRelease("1");
  EXPECT_EQ(Upload(release, "a").status, 201);
  clock.Advance(absl::Seconds(20));
  HttpResponse const refused = Upload(release, "b");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.headers.at("retry-after"), "40");
  EXPECT_THAT(refused.body, HasSubstr("blocked from content creation"));
  EXPECT_THAT(refused.body, HasSubstr("secondary-rate-limits"));
  EXPECT_EQ(github->counters().limited_by.at("content-minute"), 1);
  clock.Advance(absl::Seconds(40));
  EXPECT_EQ(Upload(release, "b").status, 201);
}

TEST_F(FakeLimitsOverHttp, AnswerByTheOtherStatusThatIsDocumented) {
  github->SetLimits({.points_a_minute = 1, .answer_429 = true});
  Get("/repos/o/r");
  HttpResponse const refused = Get("/repos/o/r");
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr("secondary rate limit"));
}

TEST_F(FakeLimitsOverHttp, CountTheHeadsOfUploadsThatRunAtOnce) {
  for (int i = 0; i < 3; ++i) Get("/repos/o/r");
  EXPECT_EQ(github->counters().most_concurrent, 1);
  EXPECT_EQ(github->counters().calls.at("get-repository"), 3);
  github->ResetCounters();
  EXPECT_EQ(github->counters().calls.size(), 0);
  EXPECT_EQ(github->counters().points, 0);
}

TEST_F(FakeLimitsOverHttp, TakeTheTimeOfTheFakesClock) {
  absl::Time const before = github->Now();
  github->AdvanceClock(absl::Hours(2));
  EXPECT_EQ(github->Now() - before, absl::Hours(2));
  EXPECT_EQ(Get("/repos/o/r").headers.at("date"), "Fri, 15 Jan 2027 10:00:00 GMT");
}

class FakeConditional : public GitHubTest {
 protected:
  void SetUp() override {
    GitHubTest::SetUp();
    release = CreateRelease("1");
    github->PutAsset("o/r", "1",
                     {.id = 77, .name = "a", .bytes = std::make_shared<std::string>("x")});
    path = absl::StrCat("/repos/o/r/releases/", release, "/assets?per_page=100");
  }
  int64_t release = 0;
  std::string path;
};

TEST_F(FakeConditional, AnswersAreFreeWhenNothingChanged) {
  std::string const etag = Get(path).headers.at("etag");
  int64_t const points = github->counters().points;
  HttpResponse const same = Get(path, {{"if-none-match", etag}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(Get(path, {{"if-none-match", etag.substr(2)}}).status, 304);
  EXPECT_EQ(github->counters().points, points);
  EXPECT_EQ(github->counters().not_modified, 2);
}

TEST_F(FakeConditional, AnswersChangeWhenSomebodyDownloads) {
  std::string const etag = Get(path).headers.at("etag");
  Send("GET", github->storage_url() + "/asset/77/a", "", {{"authorization", ""}});
  HttpResponse const changed = Get(path, {{"if-none-match", etag}});
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(Json::parse(changed.body)[0]["download_count"], 1);
  EXPECT_NE(changed.headers.at("etag"), etag);
}

TEST_F(FakeConditional, AnswersThatAreTheSameMayLinkToANewPage) {
  path = absl::StrCat("/repos/o/r/releases/", release, "/assets?per_page=1");
  HttpResponse const full = Get(path);
  EXPECT_EQ(full.headers.count("link"), 0);
  github->PutAsset("o/r", "1", {.name = "b"});
  HttpResponse const same = Get(path, {{"if-none-match", full.headers.at("etag")}});
  EXPECT_EQ(same.status, 304);
  EXPECT_THAT(same.headers.at("link"), HasSubstr("rel=\"next\""));
}

TEST_F(FakeConditional, AnswersCanDependOnTheToken) {
  Start({.etag_by_token = true});
  github->AddToken({.value = "second"});
  std::string const etag = Get("/repos/o/r/releases").headers.at("etag");
  EXPECT_EQ(Get("/repos/o/r/releases", {{"if-none-match", etag}}).status, 304);
  EXPECT_EQ(
      Get("/repos/o/r/releases", {{"if-none-match", etag}, {"authorization", "Bearer second"}})
          .status,
      200);
}

}  // namespace
}  // namespace probefarm
