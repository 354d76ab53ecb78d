#include "coordinator/releases/github/asset_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_host_fixture.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/run_at_once.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::VariantWith;

using AssetSearchTest = GitHubHostFixture;

TEST_F(AssetSearchTest, AnAnswerThatWasLostIsFoundInTheList) {
  Plant("commit-drop kind=upload");
  EXPECT_THAT(Upload(Intent()), VariantWith<UploadRetry>(testing::_));
  farm_.clock.Advance(absl::Minutes(1));
  ASSERT_OK_AND_ASSIGN(HostedAsset const asset, host().FindAsset(kTag, kName));
  EXPECT_EQ(asset.sha256, Sha256Hex(kBytes));
  EXPECT_THAT(host().PrepareUpload(Intent()).value(), VariantWith<AssetPresent>(testing::_));
  EXPECT_THAT(AssetsOf("o/one"), SizeIs(1));
}

// Its worker died between the upload and the report, and a list showed the asset.
TEST_F(AssetSearchTest, TheGrantOfAnAssetThatIsThereIsOver) {
  PacingLimits limits = GitHubFixture::Unlimited();
  limits.concurrent_requests = 2;
  GitHubFixture farm(limits);
  auto const grant = [&](UploadIntent const& intent) {
    absl::StatusOr<UploadAnswer> answer = farm.host->PrepareUpload(intent);
    return answer.ok() && std::holds_alternative<UploadGrant>(*answer)
               ? std::get<UploadGrant>(*std::move(answer))
               : UploadGrant();
  };
  absl::Time const start = farm.clock.Now();
  EXPECT_EQ(farm.Perform(grant(Intent(kName, 7)), kBytes).http_status, 201);
  ASSERT_OK(farm.host->ListAssets());
  ASSERT_OK(farm.host->FindAsset(kTag, kName));
  farm.github->RemoveAsset("o/one", farm.github->Release("o/one", kTag)->assets[0].id);
  ASSERT_OK(farm.host->ListAssets());
  EXPECT_NE(grant(Intent(kName, 8)).url, "") << "the first grant still holds the name";
  EXPECT_NE(grant(Intent("a.ko", 9)).url, "") << "the first grant still has its place";
  EXPECT_EQ(farm.clock.Now(), start) << "it may be over by its deadline";
}

TEST_F(AssetSearchTest, AListThatLagsIsAskedAgain) {
  farm_.github->SetListLag(absl::Seconds(20));
  Publish(Intent("a.ko", 7));
  Publish(Intent("b.ko", 8));
  EXPECT_THAT(host().FindAsset(kTag, "a.ko"), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Seconds(35));
  EXPECT_OK(host().FindAsset(kTag, "a.ko"));
  EXPECT_OK(host().FindAsset(kTag, "b.ko"));
}

TEST_F(AssetSearchTest, WhatArrivedAndIsNotInTheListInTheEndIsNotThere) {
  Publish(Intent());
  farm_.github->RemoveAsset("o/one", AssetsOf("o/one")[0].id);
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Minutes(2));
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(AssetSearchTest, ManyArrivalsCostOneLook) {
  for (int i = 0; i < 50; ++i) Publish(Intent(absl::StrCat("a", i, ".ko"), 10 + i));
  farm_.clock.Advance(absl::Minutes(1));
  farm_.github->ResetCounters();
  for (int i = 0; i < 50; ++i) EXPECT_OK(host().FindAsset(kTag, absl::StrCat("a", i, ".ko")));
  int64_t calls = 0;
  for (auto const& [kind, count] : farm_.github->counters().calls) calls += count;
  EXPECT_LE(calls, 2);
}

TEST_F(AssetSearchTest, WhatArrivedIsFoundThoughSomebodyMadeTheListShorter) {
  FillRelease("o/one", 150);
  Publish(Intent("a.ko", 7));
  Publish(Intent("b.ko", 8));
  std::vector<FakeAsset> const before = AssetsOf("o/one");
  for (int i = 0; i < 100; ++i)
    farm_.github->RemoveAsset("o/one", before[static_cast<size_t>(i)].id);
  farm_.clock.Advance(absl::Minutes(2));
  EXPECT_OK(host().FindAsset(kTag, "a.ko"));
  EXPECT_OK(host().FindAsset(kTag, "b.ko"));
}

TEST_F(AssetSearchTest, ARefusalForgetsNothingThatArrived) {
  farm_.github->SetListLag(absl::Seconds(20));
  UploadGrant const grant = Grant(Intent("late.ko", 9));
  Publish(Intent("a.ko", 7));
  Publish(Intent("b.ko", 8));
  EXPECT_THAT(host().InterpretUpload(Intent("late.ko", 9),
                                     {.http_status = 403, .body = R"({"message": "No"})"}),
              VariantWith<WaitUntil>(testing::_));
  EXPECT_THAT(host().FindAsset(kTag, "b.ko"), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Minutes(2));
  EXPECT_OK(host().FindAsset(kTag, "b.ko"));
}

// A worker sends its file, and is never heard of again: nobody reported, and the lease is over.
TEST_F(AssetSearchTest, AnUploadThatNobodyReportedIsLookedFor) {
  farm_.clock.Advance(absl::Minutes(2));
  Publish(Intent("first.ko", 6));
  ASSERT_OK(host().FindAsset(kTag, "first.ko"));
  farm_.github->SetListLag(absl::Seconds(20));
  farm_.Perform(Grant(Intent()), kBytes);
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Seconds(35));
  ASSERT_OK_AND_ASSIGN(HostedAsset const asset, host().FindAsset(kTag, kName));
  EXPECT_EQ(asset.sha256, Sha256Hex(kBytes));
}

TEST_F(AssetSearchTest, AGrantThatWasNotUsedIsOverOnceItsAssetWasLookedFor) {
  farm_.clock.Advance(absl::Minutes(2));
  Grant(Intent());
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Minutes(2));
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kNotFound));
  Publish(Intent(kName, 9));
}

// A worker reports late, while the next owner of the job looks whether the asset is there.
TEST_F(AssetSearchTest, AReportAndALookMayEndOneGrantAtOnce) {
  for (int round = 0; round < 200; ++round) {
    UploadIntent const intent = Intent(absl::StrCat("a", round, ".ko"));
    Grant(intent);
    RunAtOnce(2, [&](int i) {
      if (i == 0) {
        EXPECT_FALSE(host().FindAsset(kTag, intent.file_name).ok());
      } else {
        EXPECT_THAT(host().InterpretUpload(intent, {.http_status = 201}),
                    VariantWith<UploadAccepted>(testing::_));
      }
    });
  }
}

TEST_F(AssetSearchTest, AfterARestartALagOfTheListTakesNothingForLost) {
  FillRelease("o/one", 1);
  farm_.github->SetListLag(absl::Seconds(20));
  Publish(Intent());
  farm_.Restart();
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Minutes(2));
  ASSERT_OK(host().ListAssets());
  EXPECT_OK(host().FindAsset(kTag, kName));
}

TEST_F(AssetSearchTest, AnUploadOfAnEarlierRunIsNotMissedWhileListsAreBehind) {
  farm_.github->SetListLag(absl::Seconds(20));
  Publish(Intent());
  farm_.Restart();
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Seconds(35));
  EXPECT_OK(host().FindAsset(kTag, kName));
}

TEST_F(AssetSearchTest, ANewReleaseOfAnEarlierRunIsNotMissedWhileItsTagIsNotKnown) {
  farm_.github->SetTagLag(absl::Seconds(20));
  Publish(Intent());
  farm_.Restart();
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Seconds(35));
  EXPECT_OK(host().FindAsset(kTag, kName));
}

TEST_F(AssetSearchTest, ADigestThatGitHubDoesNotKnowIsComputedOnce) {
  Plant("null-digest kind=upload");
  Publish(Intent());
  ASSERT_OK_AND_ASSIGN(HostedAsset asset, host().FindAsset(kTag, kName));
  EXPECT_EQ(asset.sha256, Sha256Hex(kBytes));
  EXPECT_EQ(farm_.github->counters().leaked_tokens, 0);
  ASSERT_OK(host().ListAssets());
  farm_.github->ResetCounters();
  EXPECT_EQ(host().FindAsset(kTag, kName)->sha256, Sha256Hex(kBytes));
  EXPECT_THAT(farm_.github->counters().calls, IsEmpty());
}

TEST_F(AssetSearchTest, BytesThatBreakOffHaveNoDigest) {
  Plant("null-digest kind=upload");
  Plant("truncated kind=storage");
  Publish(Intent());
  EXPECT_THAT(host().FindAsset(kTag, kName), StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(host().FindAsset(kTag, kName)->sha256, Sha256Hex(kBytes));
}

}  // namespace
}  // namespace probefarm
