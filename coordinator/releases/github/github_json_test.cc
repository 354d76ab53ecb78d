#include "coordinator/releases/github/github_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kRelease[] = R"({"id": 12, "tag_name": "8.0.0+driver/x86_64", "draft": false,
  "immutable": true, "upload_url": "https://uploads.example/repos/o/r/releases/12/assets{?name,label}",
  "assets": [], "author": null})";

std::string Asset(std::string const& more) {
  return absl::StrCat(
      R"({"id": 7, "name": "a.ko", "label": "a~.ko", "state": "uploaded", "size": 3,
          "created_at": "2026-01-02T03:04:05Z",
          "browser_download_url": "https://example/o/r/releases/download/t/a.ko")",
      more, "}");
}

TEST(GitHubJson, ReadsAReleaseWithoutTheTemplateOfItsUploadUrl) {
  ASSERT_OK_AND_ASSIGN(GitHubRelease const release, ParseGitHubRelease(kRelease));
  EXPECT_EQ(release.id, 12);
  EXPECT_EQ(release.tag, "8.0.0+driver/x86_64");
  EXPECT_EQ(release.upload_url, "https://uploads.example/repos/o/r/releases/12/assets");
  EXPECT_TRUE(release.immutable);
  EXPECT_FALSE(release.draft);
}

TEST(GitHubJson, ReadsAnAssetAndItsDigest) {
  std::string const hex(64, 'a');
  ASSERT_OK_AND_ASSIGN(GitHubAsset const asset,
                       ParseGitHubAsset(Asset(absl::StrCat(R"(, "digest": "sha256:)", hex, "\""))));
  EXPECT_EQ(asset.id, 7);
  EXPECT_EQ(asset.name, "a.ko");
  EXPECT_EQ(asset.label, "a~.ko");
  EXPECT_EQ(asset.size, 3);
  EXPECT_EQ(asset.sha256, hex);
  EXPECT_TRUE(asset.uploaded());
  EXPECT_EQ(asset.created_at,
            absl::FromCivil(absl::CivilSecond(2026, 1, 2, 3, 4, 5), absl::UTCTimeZone()));
}

TEST(GitHubJson, TakesADigestThatIsNoneForUnknown) {
  for (char const* digest : {R"(, "digest": null)", R"(, "digest": "md5:0")", R"(, "digest": 5)",
                             R"(, "digest": "sha256:AB")", ""}) {
    ASSERT_OK_AND_ASSIGN(GitHubAsset const asset, ParseGitHubAsset(Asset(digest)));
    EXPECT_EQ(asset.sha256, "") << digest;
  }
}

TEST(GitHubJson, KeepsAStateThatNobodyKnows) {
  ASSERT_OK_AND_ASSIGN(auto const assets, ParseGitHubAssets(R"([
      {"id": 1, "name": "a", "size": 0, "state": "tomorrow"},
      {"id": 2, "name": "b", "size": 0, "state": "starter"}])"));
  ASSERT_THAT(assets, SizeIs(2));
  EXPECT_FALSE(assets[0].uploaded());
  EXPECT_FALSE(assets[0].starter());
  EXPECT_TRUE(assets[1].starter());
}

TEST(GitHubJson, WhatLacksWhatItMustHaveIsTrouble) {
  for (char const* json :
       {"", "<html>", "null", "[]", "{}", R"({"id": 1})", R"({"id": "1", "tag_name": "t"})",
        R"({"id": -1, "tag_name": "t", "upload_url": "u"})", R"({"id": 1, "tag_name": "t"})",
        R"({"id": 1e99, "tag_name": "t", "upload_url": "u"})"}) {
    EXPECT_THAT(ParseGitHubRelease(json), StatusIs(absl::StatusCode::kUnavailable)) << json;
  }
  EXPECT_THAT(ParseGitHubAssets("{}"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ParseGitHubAssets(R"([{"id": 1}])"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ParseGitHubAssets(R"([{"id": 1, "name": "a", "size": 5, "state": "uploaded"})"),
              StatusIs(absl::StatusCode::kUnavailable))
      << "half a document";
}

TEST(GitHubJson, DoesNotFollowADeepDocument) {
  EXPECT_THAT(ParseGitHubReleases(std::string(1'000'000, '[')),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST(GitHubJson, ReadsAProblemAsFarAsThereIsOne) {
  GitHubProblem const problem = ParseGitHubProblem(
      R"({"message": "Validation Failed", "documentation_url": "https://docs.example/x",
          "errors": [{"resource": "ReleaseAsset", "code": "already_exists", "field": "name"}]})");
  EXPECT_EQ(problem.message, "Validation Failed");
  EXPECT_EQ(problem.code, "already_exists");
  EXPECT_EQ(problem.documentation_url, "https://docs.example/x");
  EXPECT_EQ(ParseGitHubProblem("<html>502</html>").message, "");
  EXPECT_EQ(ParseGitHubProblem(R"({"message": 5, "errors": {}})").message, "");
  EXPECT_THAT(ParseGitHubProblem(R"({"message": "m", "errors": ["a sentence"]})").message,
              HasSubstr("a sentence"));
  EXPECT_THAT(ParseGitHubProblem(R"({"message": "Validation Failed", "errors": [{"code": "custom",
          "message": "file_count limited to 1000 assets per release"}]})")
                  .message,
              HasSubstr("file_count"));
}

}  // namespace
}  // namespace probefarm
