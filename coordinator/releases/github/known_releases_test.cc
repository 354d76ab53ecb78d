#include "coordinator/releases/github/known_releases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_host_fixture.h"
#include "lib/runtime/run_at_once.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::SizeIs;
using ::testing::VariantWith;

using KnownReleasesTest = GitHubHostFixture;

TEST_F(KnownReleasesTest, AReleaseIsMadeOnceAndIsNotTheLatest) {
  Publish(Intent("a.ko"));
  Publish(Intent("b.ko", 8));
  ASSERT_THAT(farm_.github->Releases("o/one"), SizeIs(1));
  FakeRelease const release = farm_.github->Releases("o/one")[0];
  EXPECT_EQ(release.tag, kTag);
  EXPECT_EQ(release.target, "main");
  EXPECT_THAT(release.assets, SizeIs(2));
}

TEST_F(KnownReleasesTest, ATagThatIsNotKnownYetMakesNoSecondRelease) {
  farm_.github->SetTagLag(absl::Seconds(30));
  Publish(Intent("a.ko", 7));
  farm_.Restart();
  absl::StatusOr<UploadAnswer> answer = host().PrepareUpload(Intent("b.ko", 8));
  EXPECT_THAT(answer, StatusIs(absl::StatusCode::kUnavailable));
  farm_.clock.Advance(absl::Minutes(1));
  Publish(Intent("b.ko", 8));
  EXPECT_THAT(farm_.github->Releases("o/one"), SizeIs(1));
}

TEST_F(KnownReleasesTest, ManyCoordinatorsAndOneNewTagMakeOneRelease) {
  GitHubHost other(*farm_.api, *farm_.patient, *farm_.gate, farm_.clock, farm_.options);
  RunAtOnce(8, [&](int i) {
    EXPECT_OK(
        (i % 2 == 0 ? host() : other).PrepareUpload(Intent(absl::StrCat("a", i, ".ko"), 10 + i)));
  });
  EXPECT_THAT(farm_.github->Releases("o/one"), SizeIs(1));
}

TEST_F(KnownReleasesTest, ManyJobsAndOneNewTagAskOnce) {
  RunAtOnce(8, [&](int i) {
    EXPECT_OK(host().PrepareUpload(Intent(absl::StrCat("a", i, ".ko"), 10 + i)));
  });
  auto const calls = farm_.github->counters().calls;
  EXPECT_EQ(calls.at("get-release-by-tag"), 2) << "once at each repository";
  EXPECT_EQ(calls.at("create-release"), 1);
}

TEST_F(KnownReleasesTest, AReleaseThatIsGoneIsMadeAgain) {
  Publish(Intent("a.ko", 7));
  farm_.github->RemoveRelease("o/one", farm_.github->Releases("o/one")[0].id);
  EXPECT_THAT(Upload(Intent("b.ko", 8)), VariantWith<WaitUntil>(testing::_));
  Publish(Intent("b.ko", 8));
  EXPECT_THAT(AssetsOf("o/one"), SizeIs(1));
}

TEST_F(KnownReleasesTest, WhatAnEarlierRunSentCountsStill) {
  PacingLimits limits = GitHubFixture::Unlimited();
  limits.writes_per_hour = 10;
  GitHubFixture farm(limits);
  FakeRelease release;
  release.tag = kTag;
  farm.github->PutRelease("o/one", release);
  for (int i = 0; i < 9; ++i) {
    std::string const name = absl::StrCat("earlier", i);
    farm.github->PutAsset("o/one", kTag, Asset(name, "x", farm.clock.Now() - absl::Minutes(5)));
  }
  ASSERT_OK(farm.host->ListAssets());
  ASSERT_OK(farm.host->ListAssets());
  EXPECT_THAT(farm.host->PrepareUpload(Intent("a.ko", 7)).value(),
              VariantWith<UploadGrant>(testing::_));
  EXPECT_THAT(farm.host->PrepareUpload(Intent("b.ko", 8)).value(),
              VariantWith<WaitUntil>(testing::_));
}

}  // namespace
}  // namespace probefarm
