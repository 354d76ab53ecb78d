#include "coordinator/releases/github/github_uploads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_host_fixture.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/run_at_once.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::VariantWith;

using GitHubUploadsTest = GitHubHostFixture;

TEST_F(GitHubUploadsTest, TheTrueNameTravelsAsLabel) {
  UploadIntent const intent = Intent("falco_ubuntu_5.4.0~20.04+a_1.ko");
  Publish(intent);
  ASSERT_THAT(AssetsOf("o/one"), SizeIs(1));
  EXPECT_EQ(AssetsOf("o/one")[0].name, "falco_ubuntu_5.4.0.20.04+a_1.ko");
  EXPECT_EQ(AssetsOf("o/one")[0].label, intent.file_name);
}

TEST_F(GitHubUploadsTest, TheRestOfAnUploadThatBrokeOffGoesAndTheNextSucceeds) {
  Plant("502-starter kind=upload");
  EXPECT_THAT(Upload(Intent()), VariantWith<UploadRetry>(testing::_));
  ASSERT_THAT(AssetsOf("o/one"), SizeIs(1));
  EXPECT_EQ(AssetsOf("o/one")[0].state, "starter");
  // Its name is taken: the 422 leads to a look at the list.
  UploadOutcome outcome = UploadRetry{};
  for (int tries = 0; tries < 4 && std::holds_alternative<UploadRetry>(outcome); ++tries) {
    farm_.clock.Advance(absl::Minutes(1));
    outcome = Upload(Intent());
  }
  EXPECT_THAT(outcome, VariantWith<UploadAccepted>(testing::_));
  ASSERT_THAT(AssetsOf("o/one"), SizeIs(1));
  EXPECT_EQ(AssetsOf("o/one")[0].state, "uploaded");
}

TEST_F(GitHubUploadsTest, AStrangersLeftoverIsDeletedAfterItsGrace) {
  FillRelease("o/one", 0);
  FakeAsset rest;
  rest.name = kName;
  rest.state = "starter";
  rest.created_at = farm_.clock.Now();
  Put(rest);
  ASSERT_OK(host().ListAssets());
  EXPECT_THAT(host().PrepareUpload(Intent()).value(),
              VariantWith<WaitUntil>(Field(&WaitUntil::why, HasSubstr("may go on"))));
  EXPECT_THAT(AssetsOf("o/one"), SizeIs(1));
  farm_.clock.Advance(absl::Minutes(10));
  ASSERT_OK(host().ListAssets());
  EXPECT_THAT(AssetsOf("o/one"), IsEmpty());
  Publish(Intent());
}

TEST_F(GitHubUploadsTest, AFullReleaseSendsTheNextProbeToTheNextRepository) {
  FillRelease("o/one", kAssetsOfARelease - kKeptForSideFiles);
  Publish(Intent());
  EXPECT_THAT(AssetsOf("o/two"), SizeIs(1));
  ASSERT_OK_AND_ASSIGN(HostedAsset const asset, host().FindAsset(kTag, kName));
  EXPECT_EQ(asset.repository, "o/two");
}

TEST_F(GitHubUploadsTest, WhereNoRepositoryHasRoomTheJobWaitsAndIsToldWhy) {
  FillRelease("o/one", kAssetsOfARelease);
  FillRelease("o/two", kAssetsOfARelease);
  EXPECT_THAT(host().PrepareUpload(Intent()).value(),
              VariantWith<WaitUntil>(
                  Field(&WaitUntil::why, AllOf(HasSubstr("no repository has room"),
                                               HasSubstr("releases.github.repositories")))));
}

TEST_F(GitHubUploadsTest, AProbeStaysWhereItIsThoughAnEarlierRepositoryHasRoomAgain) {
  FillRelease("o/one", kAssetsOfARelease);
  Publish(Intent());
  for (FakeAsset const& asset : AssetsOf("o/one")) farm_.github->RemoveAsset("o/one", asset.id);
  farm_.Restart();
  EXPECT_THAT(host().PrepareUpload(Intent()).value(), VariantWith<AssetPresent>(testing::_));
  EXPECT_THAT(AssetsOf("o/one"), IsEmpty());
}

TEST_F(GitHubUploadsTest, AnImmutableReleaseIsSaidToBeOne) {
  FakeRelease release;
  release.tag = kTag;
  release.immutable = true;
  farm_.github->PutRelease("o/one", release);
  farm_.github->PutRelease("o/two", release);
  ASSERT_OK_AND_ASSIGN(UploadAnswer const answer, host().PrepareUpload(Intent()));
  EXPECT_THAT(answer, VariantWith<WaitUntil>(testing::_));
}

TEST_F(GitHubUploadsTest, OneNameIsGrantedToOneJobAtATime) {
  UploadGrant const grant = Grant(Intent(kName, 7));
  EXPECT_THAT(host().PrepareUpload(Intent(kName, 8)).value(),
              VariantWith<WaitUntil>(AllOf(Field(&WaitUntil::not_before, grant.deadline),
                                           Field(&WaitUntil::why, HasSubstr("job 7")))));
  farm_.clock.Advance(grant.deadline - farm_.clock.Now());
  Publish(Intent(kName, 8));
}

TEST_F(GitHubUploadsTest, OfManyJobsForOneNameOneIsGrantedIt) {
  ASSERT_OK(host().PrepareUpload(Intent("first.ko", 1)));
  std::atomic<int> grants = 0;
  RunAtOnce(8, [&](int i) {
    absl::StatusOr<UploadAnswer> const answer = host().PrepareUpload(Intent(kName, 10 + i));
    if (answer.ok() && std::holds_alternative<UploadGrant>(*answer)) ++grants;
  });
  EXPECT_EQ(grants, 1);
}

TEST_F(GitHubUploadsTest, ALaterEpochOfAJobDoesNotWaitForAnEarlierOne) {
  Grant(Intent());
  UploadIntent later = Intent();
  later.epoch = 2;
  EXPECT_THAT(host().PrepareUpload(later).value(), VariantWith<UploadGrant>(testing::_));
  EXPECT_THAT(host().PrepareUpload(Intent()).value(), VariantWith<WaitUntil>(testing::_));
}

TEST_F(GitHubUploadsTest, ANameThatIsTakenAndNotListedIsWaitedForNotTriedAgain) {
  farm_.github->SetListLag(absl::Seconds(20));
  Publish(Intent());
  farm_.Restart();
  EXPECT_THAT(Upload(Intent(kName, 8)), VariantWith<UploadRetry>(testing::_));
  farm_.github->ResetCounters();
  for (int i = 0; i < 5; ++i)
    EXPECT_THAT(host().PrepareUpload(Intent(kName, 8)).value(),
                VariantWith<WaitUntil>(Field(&WaitUntil::why, HasSubstr("behind"))));
  farm_.clock.Advance(absl::Seconds(35));
  EXPECT_THAT(host().PrepareUpload(Intent(kName, 8)).value(),
              VariantWith<AssetPresent>(testing::_));
  EXPECT_FALSE(farm_.github->counters().calls.contains("upload"));
}

TEST_F(GitHubUploadsTest, ManyCoordinatorsAndOneAssetMakeOne) {
  std::vector<std::unique_ptr<GitHubHost>> hosts;
  std::vector<UploadGrant> grants;
  for (int i = 0; i < 8; ++i) {
    hosts.push_back(std::make_unique<GitHubHost>(*farm_.api, *farm_.patient, *farm_.gate,
                                                 farm_.clock, farm_.options));
    ASSERT_OK_AND_ASSIGN(UploadAnswer answer, hosts.back()->PrepareUpload(Intent(kName, 10 + i)));
    grants.push_back(std::get<UploadGrant>(std::move(answer)));
  }
  std::atomic<int> arrived = 0;
  RunAtOnce(8, [&](int i) {
    UploadReport const report = farm_.Perform(grants[i], absl::StrCat("bytes of ", i));
    arrived += std::holds_alternative<UploadAccepted>(
        hosts[i]->InterpretUpload(Intent(kName, 10 + i), report));
  });
  EXPECT_EQ(arrived, 1);
  ASSERT_THAT(AssetsOf("o/one"), SizeIs(1));
  std::string const kept = Sha256Hex(*AssetsOf("o/one")[0].bytes);
  for (auto const& one : hosts) {
    farm_.clock.Advance(absl::Minutes(1));
    EXPECT_EQ(one->FindAsset(kTag, kName)->sha256, kept);
  }
  EXPECT_EQ(Sha256Hex(*AssetsOf("o/one")[0].bytes), kept);
}

TEST_F(GitHubUploadsTest, ATokenThatEndedIsSaidToHaveEnded) {
  UploadGrant const grant = Grant(Intent());
  farm_.github->ExpireToken("token-of-the-coordinator");
  UploadOutcome const outcome = host().InterpretUpload(Intent(), farm_.Perform(grant, kBytes));
  EXPECT_THAT(
      outcome,
      VariantWith<WaitUntil>(AllOf(
          Field(&WaitUntil::why, HasSubstr("credentials")),
          Field(&WaitUntil::not_before, testing::Le(farm_.clock.Now() + absl::Seconds(10))))));
  EXPECT_THAT(host().ListAssets(), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(GitHubUploadsTest, ALimitClosesTheGateForEveryone) {
  Grant(Intent());
  Plant("403-retry-after kind=upload delay=60s");
  EXPECT_THAT(Upload(Intent()), VariantWith<UploadRetry>(testing::_));
  EXPECT_THAT(host().PrepareUpload(Intent("other.ko", 8)).value(),
              VariantWith<WaitUntil>(testing::_));
  farm_.clock.Advance(absl::Seconds(61));
  Publish(Intent("other.ko", 8));
}

}  // namespace
}  // namespace probefarm
