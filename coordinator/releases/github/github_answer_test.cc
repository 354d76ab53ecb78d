#include "coordinator/releases/github/github_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

GitHubMeaning Meaning(int status, char const* body = "",
                      std::map<std::string, std::string> headers = {}) {
  return InterpretGitHub("upload", {status, std::move(headers), body, ""}).meaning;
}

TEST(GitHubAnswers, StatusesThatSayItAll) {
  EXPECT_EQ(Meaning(200), GitHubMeaning::kSuccess);
  EXPECT_EQ(Meaning(201, "<html>"), GitHubMeaning::kSuccess) << "whoever wants the body parses it";
  EXPECT_EQ(Meaning(204), GitHubMeaning::kSuccess);
  EXPECT_EQ(Meaning(304), GitHubMeaning::kUnchanged);
  EXPECT_EQ(Meaning(404), GitHubMeaning::kNotThere);
  EXPECT_EQ(Meaning(401), GitHubMeaning::kNotAllowed);
  EXPECT_EQ(Meaning(400), GitHubMeaning::kRefused);
  EXPECT_EQ(Meaning(302), GitHubMeaning::kTrouble);
  for (int const status : {0, 100, 408, 500, 502, 503, 504})
    EXPECT_EQ(Meaning(status, "<html>Bad gateway"), GitHubMeaning::kTrouble) << status;
}

TEST(GitHubAnswers, A422SaysWhyInManyWays) {
  EXPECT_EQ(Meaning(422, R"({"message": "Validation Failed", "errors":
                            [{"resource": "ReleaseAsset", "code": "already_exists"}]})"),
            GitHubMeaning::kAlreadyThere);
  EXPECT_EQ(Meaning(422, R"({"message": "Validation Failed", "errors": [{"code": "custom",
                            "message": "file_count limited to 1000 assets per release"}]})"),
            GitHubMeaning::kFull);
  EXPECT_EQ(Meaning(422, R"({"message": "Cannot upload assets to an immutable release."})"),
            GitHubMeaning::kImmutable);
  EXPECT_EQ(Meaning(422, R"({"message": "body is too long"})"), GitHubMeaning::kRefused);
  EXPECT_EQ(Meaning(422, "<html>"), GitHubMeaning::kRefused);
}

TEST(GitHubAnswers, A403IsALimitOnlyWithASignOfOne) {
  EXPECT_EQ(Meaning(403, R"({"message": "Resource not accessible by integration"})"),
            GitHubMeaning::kNotAllowed);
  EXPECT_EQ(Meaning(403, R"({"message": "Forbidden"})", {{"x-ratelimit-remaining", "12"}}),
            GitHubMeaning::kNotAllowed);
  EXPECT_EQ(Meaning(403, "<html>"), GitHubMeaning::kTrouble);
  EXPECT_EQ(Meaning(403, "", {{"retry-after", "60"}}), GitHubMeaning::kSlowDown);
  EXPECT_EQ(Meaning(403, "", {{"x-ratelimit-remaining", "0"}}), GitHubMeaning::kSlowDown);
  EXPECT_EQ(Meaning(403, R"({"message": "You have exceeded a secondary rate limit."})"),
            GitHubMeaning::kSlowDown);
  EXPECT_EQ(Meaning(403, R"({"documentation_url": "https://docs.example/rest#abuse-rate-limits"})"),
            GitHubMeaning::kSlowDown);
  EXPECT_EQ(Meaning(429, "<html>"), GitHubMeaning::kSlowDown);
}

TEST(GitHubAnswers, TheMessageNamesWhatWasWantedWhatWasSaidAndWhatToDo) {
  GitHubVerdict const verdict = InterpretGitHub(
      "upload a.ko",
      {422, {}, R"({"message": "Cannot upload assets to an immutable release."})", ""});
  EXPECT_THAT(verdict.why, AllOf(HasSubstr("upload a.ko: GitHub answered 422"),
                                 HasSubstr("Cannot upload assets"), HasSubstr("settings")));
  EXPECT_THAT(InterpretGitHub("list", {0, {}, "", "connection reset"}).why,
              HasSubstr("no answer came: connection reset"));
  EXPECT_THAT(InterpretGitHub("list", {502, {}, "<html>\n\x01", ""}).why,
              AllOf(HasSubstr("<html>\\n"), Not(HasSubstr("\x01"))));
}

TEST(GitHubAnswers, BecomeStatuses) {
  EXPECT_OK(ToStatus({GitHubMeaning::kSuccess, ""}));
  EXPECT_OK(ToStatus({GitHubMeaning::kUnchanged, ""}));
  EXPECT_THAT(ToStatus({GitHubMeaning::kNotThere, "why"}),
              StatusIs(absl::StatusCode::kNotFound, "why"));
  EXPECT_THAT(ToStatus({GitHubMeaning::kAlreadyThere, "why"}),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(ToStatus({GitHubMeaning::kFull, "why"}),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(ToStatus({GitHubMeaning::kImmutable, "why"}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ToStatus({GitHubMeaning::kNotAllowed, "why"}),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(ToStatus({GitHubMeaning::kSlowDown, "why"}),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ToStatus({GitHubMeaning::kTrouble, "why"}), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace probefarm
