// The client reads what somebody recorded of the real GitHub: the scenarios of npm's
// @octokit/fixtures, served step by step. tests/contract/replay_client_test says where they are; by
// itself this is skipped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/releases/github/github_fixture.h"
#include "coordinator/releases/github/github_json.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"
#include "tests/testing/github/recorded_github.h"

namespace probefarm {
namespace {

using fake_github::ReadRecording;
using fake_github::RecordedStep;
using Json = nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using ::testing::VariantWith;

constexpr char kToken[] = "0000000000000000000000000000000000000001";
constexpr char kTag[] = "v1.0.0";
constexpr char kName[] = "test-upload.txt";
constexpr char kLabel[] = "test";
constexpr char kBytes[] = "Hello, world!\n";
constexpr int64_t kId = 1000;  // of everything, as the recordings were tidied up

class GitHubReplay : public testing::Test {
 protected:
  void SetUp() override {
    char const* const folder =
        std::getenv("PROBEFARM_RECORDINGS");  // NOLINT(concurrency-mt-unsafe): never set here
    if (folder == nullptr) GTEST_SKIP() << "tests/contract/replay_client_test runs it";
    folder_ = folder;
  }
  void TearDown() override {
    if (!recorded_) return;
    EXPECT_THAT(recorded_->complaints(), IsEmpty());
    EXPECT_EQ(recorded_->next_step(), "");
    for (RecordedGitHub::Request const& request : recorded_->requests()) ExpectOurs(request);
  }

  std::vector<RecordedStep> Read(std::string const& scenario, std::string const& kind) const {
    auto steps = ReadRecording(absl::StrCat(folder_, "/", scenario, "/", kind, "-fixture.json"));
    EXPECT_OK(steps);
    return steps.ok() ? *std::move(steps) : std::vector<RecordedStep>();
  }
  // The coordinator's client, as it is, before somebody who gives these answers.
  void Replay(std::vector<RecordedStep> steps) {
    ASSERT_FALSE(steps.empty());
    // Our pages are longer than the recorded client's, and our bodies have other fields.
    for (RecordedStep& step : steps)
      step.exact = step.host == fake_github::Host::kUploads || step.method == "DELETE";
    ASSERT_OK_AND_ASSIGN(recorded_, RecordedGitHub::Replay(std::move(steps)));
    farm_ = std::make_unique<GitHubFixture>(recorded_->api_url(), recorded_->uploads_url(), kToken,
                                            repository_);
  }
  void ReplayScenario(std::string const& scenario) {
    repository_ = absl::StrCat("octokit-fixture-org/", scenario);
    Replay(Read(scenario, "normalized"));
  }

  // What GitHub wants of every client, and what we promise of ours.
  static void ExpectOurs(RecordedGitHub::Request const& request) {
    SCOPED_TRACE(absl::StrCat(request.head.method, " ", request.head.target));
    EXPECT_EQ(request.head.Header("authorization"), absl::StrCat("Bearer ", kToken));
    EXPECT_EQ(request.head.Header("accept"), "application/vnd.github+json");
    EXPECT_EQ(request.head.Header("x-github-api-version"), "2022-11-28");
    EXPECT_THAT(request.head.Header("user-agent"), StartsWith("probefarm"));
    bool const is_file = absl::StrContains(request.head.target, "?name=");
    if (!request.body.empty()) {
      EXPECT_EQ(request.head.Header("content-type"),
                is_file ? "application/octet-stream" : "application/json");
      EXPECT_EQ(request.head.Header("content-length"), absl::StrCat(request.body.size()));
    }
  }
  Json BodyOf(size_t request) const { return Json::parse(recorded_->requests().at(request).body); }

  // As a worker uploads it.
  UploadReport Upload(GitHubRelease const& release) {
    absl::StatusOr<UploadGrant> const grant =
        farm_->api->UploadRequest(release, kName, kLabel, farm_->clock.Now() + absl::Hours(1));
    EXPECT_OK(grant);
    return grant.ok() ? farm_->Perform(*grant, kBytes) : UploadReport();
  }
  static UploadIntent Intent() { return {7, 1, kTag, kName, Sha256Hex(kBytes), 14}; }
  std::string UrlOf(std::string const& name) const {
    return absl::StrCat("https://github.com/", repository_, "/releases/download/", kTag, "/", name);
  }
  void ExpectAsset(GitHubAsset const& asset, std::string const& name, std::string const& label) {
    EXPECT_EQ(asset.id, kId);
    EXPECT_EQ(asset.name, name);
    EXPECT_EQ(asset.label, label);
    EXPECT_TRUE(asset.uploaded());
    EXPECT_EQ(asset.size, 14);
    EXPECT_EQ(asset.sha256, "") << "GitHub did not compute digests then";
    EXPECT_EQ(asset.url, UrlOf(name));
    EXPECT_EQ(absl::FormatTime(asset.created_at, absl::UTCTimeZone()), "2017-10-10T16:00:00+00:00");
  }

  std::string repository_;
  std::string folder_;
  std::unique_ptr<RecordedGitHub> recorded_;
  std::unique_ptr<GitHubFixture> farm_;
};

TEST_F(GitHubReplay, AnAssetIsUploadedListedRenamedAndDeleted) {
  ASSERT_NO_FATAL_FAILURE(ReplayScenario("release-assets"));
  ASSERT_OK_AND_ASSIGN(GitHubRelease const release, farm_->api->FindRelease(repository_, kTag));
  EXPECT_EQ(release.id, kId);
  EXPECT_EQ(release.tag, kTag);
  EXPECT_EQ(release.upload_url, absl::StrCat(recorded_->uploads_url(), "/repos/", repository_,
                                             "/releases/1000/assets"));
  EXPECT_FALSE(release.draft || release.immutable);

  UploadReport const report = Upload(release);
  EXPECT_THAT(farm_->host->InterpretUpload(Intent(), report),
              VariantWith<UploadAccepted>(Field(&UploadAccepted::asset_name, kName)));
  ASSERT_OK_AND_ASSIGN(GitHubAsset const told, ParseGitHubAsset(report.body));
  ExpectAsset(told, kName, kLabel);

  ASSERT_OK_AND_ASSIGN(auto const listed, farm_->api->ListAssets(repository_, release.id));
  ASSERT_EQ(listed.size(), 1U);
  ExpectAsset(listed[0], kName, kLabel);
  ASSERT_OK_AND_ASSIGN(GitHubAsset const found, farm_->api->GetAsset(repository_, kId));
  ExpectAsset(found, kName, kLabel);
  ASSERT_OK_AND_ASSIGN(GitHubAsset const renamed,
                       farm_->api->RenameAsset(repository_, kId, "new-filename.txt"));
  ExpectAsset(renamed, "new-filename.txt", "new label");
  EXPECT_EQ(BodyOf(4), Json({{"name", "new-filename.txt"}}));
  EXPECT_OK(farm_->api->DeleteAsset(repository_, kId));
}

// Not tidied up: with the true limits' headers, and the answer to a release that is made.
TEST_F(GitHubReplay, AReleaseIsMadeAndFound) {
  std::vector<RecordedStep> steps = Read("release-assets", "raw");
  ASSERT_GT(steps.size(), 4U);
  repository_ = steps[2].path.substr(7, steps[2].path.rfind('/') - 7);  // /repos/<…>/releases
  std::string const target = Json::parse(steps[2].body)["target_commitish"];
  ASSERT_NO_FATAL_FAILURE(Replay({steps[2], steps[3]}));
  ASSERT_OK_AND_ASSIGN(GitHubRelease const made,
                       farm_->api->CreateRelease(repository_, kTag, target));
  ASSERT_OK_AND_ASSIGN(GitHubRelease const found, farm_->api->FindRelease(repository_, kTag));
  for (GitHubRelease const& release : {made, found}) {
    EXPECT_EQ(release.id, 72286832);
    EXPECT_EQ(release.tag, kTag);
    EXPECT_THAT(release.upload_url, StartsWith(recorded_->uploads_url()));
  }
  EXPECT_EQ(BodyOf(0)["tag_name"], kTag);
  EXPECT_EQ(BodyOf(0)["target_commitish"], target);
  EXPECT_EQ(BodyOf(0)["draft"], false);
  EXPECT_EQ(BodyOf(0)["make_latest"], "false");
}

TEST_F(GitHubReplay, ANameThatIsTakenIsSeenAsOneAndIsFreeOnceItIsDeleted) {
  ASSERT_NO_FATAL_FAILURE(ReplayScenario("release-assets-conflict"));
  ASSERT_OK_AND_ASSIGN(GitHubRelease const release, farm_->api->FindRelease(repository_, kTag));
  UploadReport const refused = Upload(release);
  EXPECT_EQ(refused.http_status, 422);
  EXPECT_THAT(farm_->host->InterpretUpload(Intent(), refused),
              VariantWith<UploadRetry>(Field(&UploadRetry::why, HasSubstr("already_exists"))));
  GitHubAnswer const answer{refused.http_status, refused.headers, refused.body, ""};
  EXPECT_EQ(InterpretGitHub("upload", answer).meaning, GitHubMeaning::kAlreadyThere);
  ASSERT_OK_AND_ASSIGN(auto const listed, farm_->api->ListAssets(repository_, release.id));
  ASSERT_EQ(listed.size(), 1U);
  ExpectAsset(listed[0], kName, kLabel);
  ASSERT_OK(farm_->api->DeleteAsset(repository_, kId));
  EXPECT_THAT(farm_->host->InterpretUpload(Intent(), Upload(release)),
              VariantWith<UploadAccepted>(testing::_));
}

// What the recording lists are issues: what a release must have is added to each. The first request
// is for releases; the others go where the recorded `Link` leads, to /repositories/<id>/….
TEST_F(GitHubReplay, PagesAreFollowedToTheLast) {
  repository_ = "octokit-fixture-org/paginate-issues";
  std::vector<RecordedStep> steps = Read("paginate-issues", "normalized");
  ASSERT_EQ(steps.size(), 5U);
  steps[0].path = absl::StrCat("/repos/", repository_, "/releases");
  for (RecordedStep& step : steps) {
    Json page = Json::parse(step.answer.body);
    for (Json& issue : page) {
      issue["tag_name"] = absl::StrCat(issue["number"].get<int>());
      issue["upload_url"] = "https://uploads.github.com/x{?name,label}";
    }
    step.answer.body = page.dump();
  }
  ASSERT_NO_FATAL_FAILURE(Replay(std::move(steps)));
  ASSERT_OK_AND_ASSIGN(auto const releases, farm_->api->ListReleases(repository_));
  std::vector<std::string> tags;
  for (GitHubRelease const& release : releases) tags.push_back(release.tag);
  EXPECT_THAT(tags,
              ElementsAre("13", "12", "11", "10", "9", "8", "7", "6", "5", "4", "3", "2", "1"));
  std::vector<std::string> asked;
  for (RecordedGitHub::Request const& request : recorded_->requests())
    asked.push_back(request.head.target);
  EXPECT_THAT(asked, ElementsAre(testing::_, "/repositories/1000/issues?per_page=3&page=2",
                                 "/repositories/1000/issues?per_page=3&page=3",
                                 "/repositories/1000/issues?per_page=3&page=4",
                                 "/repositories/1000/issues?per_page=3&page=5"));
}

// Recorded of a label with a colour that is none.
TEST_F(GitHubReplay, AValidationErrorIsReadAndIsNoTrouble) {
  repository_ = "octokit-fixture-org/errors";
  std::vector<RecordedStep> steps = Read("errors", "normalized");
  ASSERT_EQ(steps.size(), 1U);
  steps[0].path = absl::StrCat("/repos/", repository_, "/releases");
  std::string const body = steps[0].answer.body;
  ASSERT_NO_FATAL_FAILURE(Replay(std::move(steps)));
  EXPECT_THAT(farm_->api->CreateRelease(repository_, kTag, "main"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("create release v1.0.0"), HasSubstr("422"),
                             HasSubstr("Validation Failed"), HasSubstr("(invalid)"))));
  EXPECT_THAT(farm_->host->InterpretUpload(Intent(), {.http_status = 422, .body = body}),
              VariantWith<UploadRefused>(Field(&UploadRefused::why, HasSubstr("invalid"))));
}

}  // namespace
}  // namespace probefarm
