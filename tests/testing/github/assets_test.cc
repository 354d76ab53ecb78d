#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "tests/testing/github/github_fixture.h"

namespace probefarm {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class FakeAssets : public GitHubTest {
 protected:
  void SetUp() override {
    GitHubTest::SetUp();
    release = CreateRelease("8.0.0/x86_64");
  }
  static std::string AssetPath(Json const& asset) {
    return absl::StrCat("/repos/o/r/releases/assets/", asset["id"].get<int64_t>());
  }
  Json Uploaded(std::string const& name, std::string const& bytes = "bytes") {
    HttpResponse const response = Upload(release, name, bytes);
    EXPECT_EQ(response.status, 201) << response.body;
    return Json::parse(response.body, nullptr, false);
  }

  int64_t release = 0;
};

TEST_F(FakeAssets, HaveTheirNameRewrittenAndTheirLabelKept) {
  Json const asset = Uploaded("a~b%2Bc.ko&label=a~b%2Bc.ko");
  EXPECT_EQ(asset["name"], "a.b+c.ko");
  EXPECT_EQ(asset["label"], "a~b+c.ko");
  EXPECT_EQ(asset["state"], "uploaded");
  EXPECT_EQ(asset["digest"], "sha256:" + Sha256Hex("bytes"));
  EXPECT_EQ(asset["size"], 5);
}

TEST_F(FakeAssets, AreNeverReplacedWhereTheRewrittenNameIsTaken) {
  Uploaded("a.b", "one");
  HttpResponse const clash = Upload(release, "a~b", "two");
  EXPECT_EQ(clash.status, 422);
  EXPECT_EQ(FirstError(clash), "already_exists name");
  EXPECT_EQ(*github->Releases("o/r").at(0).assets.at(0).bytes, "one");
}

TEST_F(FakeAssets, AreAThousandInAReleaseAtMost) {
  github->SetLimits({.assets_a_release = 2});
  Uploaded("a");
  Uploaded("b");
  HttpResponse const third = Upload(release, "c");
  EXPECT_EQ(third.status, 422);
  EXPECT_THAT(third.body, HasSubstr("file_count limited to 2 assets per release"));
}

TEST_F(FakeAssets, AreNeitherEmptyNorTooLarge) {
  github->SetLimits({.asset_bytes = 10});
  EXPECT_EQ(FirstError(Upload(release, "a", "")), "custom size");
  EXPECT_EQ(FirstError(Upload(release, "a", std::string(11, 'x'))), "custom size");
  EXPECT_EQ(Upload(release, "a", std::string(10, 'x')).status, 201);
}

TEST_F(FakeAssets, NeedANameAndALength) {
  EXPECT_EQ(FirstError(Upload(release, "~")), "missing_field name");
  HttpRequest chunked;
  chunked.method = "POST";
  chunked.url = UploadUrl(release, "a");
  chunked.headers = {{"authorization", "Bearer secret"}};
  int pieces = 3;
  chunked.body_source = [&](char* buffer, size_t) -> absl::StatusOr<size_t> {
    *buffer = 'x';
    return pieces-- > 0 ? 1 : 0;
  };
  auto const response = http->Send(chunked);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 400);
  EXPECT_THAT(response->body, HasSubstr("Bad Content-Length"));
}

TEST_F(FakeAssets, AreTakenByNoImmutableRelease) {
  github->AddRepository("o/r", {.immutable_releases = true});
  int64_t const frozen = CreateRelease("frozen");
  github->PutAsset("o/r", "frozen", {.id = 77, .name = "a"});
  for (HttpResponse const& response : {Upload(frozen, "b"), Delete("/repos/o/r/releases/assets/77"),
                                       Patch("/repos/o/r/releases/assets/77", {{"name", "c"}})}) {
    EXPECT_EQ(response.status, 422);
    EXPECT_THAT(response.body, HasSubstr("immutable release"));
    EXPECT_FALSE(Json::parse(response.body).contains("errors"));
  }
  EXPECT_EQ(GetJson(absl::StrCat("/repos/o/r/releases/", frozen))["immutable"], true);
}

TEST_F(FakeAssets, AreRenamedUnlessTheNameIsTaken) {
  Json const a = Uploaded("a");
  Uploaded("b");
  EXPECT_EQ(FirstError(Patch(AssetPath(a), {{"name", "b"}})), "already_exists name");
  HttpResponse const renamed = Patch(AssetPath(a), {{"name", "c~d"}, {"label", "c~d"}});
  EXPECT_EQ(renamed.status, 200);
  EXPECT_EQ(GetJson(AssetPath(a))["name"], "c.d");
  EXPECT_EQ(GetJson(AssetPath(a))["label"], "c~d");
}

TEST_F(FakeAssets, AreGoneWhenDeletedAndTheirNameIsFree) {
  Json const a = Uploaded("a");
  EXPECT_EQ(Delete(AssetPath(a)).status, 204);
  EXPECT_EQ(Delete(AssetPath(a)).status, 404);
  Uploaded("a");
}

TEST_F(FakeAssets, AreDownloadedFromAnotherHostThatTakesNoToken) {
  Json const asset = Uploaded("a+b.ko", "content");
  EXPECT_EQ(asset["browser_download_url"],
            github->web_url() + "/o/r/releases/download/8.0.0/x86_64/a.b.ko");
  for (HttpResponse const& redirect :
       {Send("GET", asset["browser_download_url"], "", {{"authorization", ""}}),
        Get(AssetPath(asset), {{"accept", "application/octet-stream"}})}) {
    ASSERT_EQ(redirect.status, 302);
    std::string const location = redirect.headers.at("location");
    EXPECT_THAT(location, StartsWith(github->storage_url()));
    EXPECT_EQ(Send("GET", location).status, 400);
    EXPECT_EQ(Send("GET", location, "", {{"authorization", ""}}).body, "content");
  }
  EXPECT_EQ(github->counters().leaked_tokens, 2);
  EXPECT_EQ(GetJson(AssetPath(asset))["download_count"], 2);
}

TEST_F(FakeAssets, AreDownloadedInParts) {
  github->PutAsset("o/r", "8.0.0/x86_64",
                   {.id = 77, .name = "a", .bytes = std::make_shared<std::string>("0123456789")});
  std::string const url = github->storage_url() + "/asset/77/a";
  HttpResponse const tail = Send("GET", url, "", {{"authorization", ""}, {"range", "bytes=7-"}});
  EXPECT_EQ(tail.status, 206);
  EXPECT_EQ(tail.body, "789");
  EXPECT_EQ(tail.headers.at("content-range"), "bytes 7-9/10");
  EXPECT_EQ(Send("GET", url, "", {{"authorization", ""}, {"range", "bytes=2-3"}}).body, "23");
  EXPECT_EQ(Send("GET", url, "", {{"authorization", ""}, {"range", "bytes=10-"}}).status, 416);
}

TEST_F(FakeAssets, AreListedInPages) {
  for (int i = 1; i <= 3; ++i) Uploaded(absl::StrCat("a", i));
  std::string const path =
      absl::StrCat("/repos/o/r/releases/", release, "/assets?per_page=2&page=");
  EXPECT_EQ(GetJson(path + "1").size(), 2);
  EXPECT_EQ(GetJson(path + "2")[0]["name"], "a3");
  EXPECT_THAT(Get(path + "1").headers.at("link"),
              HasSubstr("/assets?per_page=2&page=2>; rel=\"next\""));
}

TEST_F(FakeAssets, PlantedPastTheRulesAreWhatTheTestSays) {
  github->PutAsset("o/r", "8.0.0/x86_64",
                   {.id = 77, .name = "a", .state = "open", .size = 9, .digest = "sha256:00"});
  Json const asset = GetJson("/repos/o/r/releases/assets/77");
  EXPECT_EQ(asset["state"], "open");
  EXPECT_EQ(asset["digest"], "sha256:00");
  EXPECT_EQ(asset["size"], 9);
  EXPECT_TRUE(github->RemoveAsset("o/r", 77));
  EXPECT_FALSE(github->RemoveAsset("o/r", 77));
  EXPECT_EQ(github->PutAsset("o/r", "no such tag", {}), 0);
}

}  // namespace
}  // namespace probefarm
