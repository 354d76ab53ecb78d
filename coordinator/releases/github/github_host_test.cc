#include "coordinator/releases/github/github_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_host_fixture.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using GitHubHostTest = GitHubHostFixture;

TEST_F(GitHubHostTest, ATokenGoesNowhereElse) {
  FillRelease("o/one", 150);
  Plant("link-foreign kind=list-assets");
  EXPECT_THAT(host().ListAssets(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("another host")));
  Plant("redirect kind=list-releases");
  EXPECT_FALSE(host().ListAssets().ok());
  EXPECT_EQ(farm_.github->counters().leaked_tokens, 0);
}

TEST_F(GitHubHostTest, ALoopOfPagesEnds) {
  FillRelease("o/one", 1);
  Plant("link-loop kind=list-assets times=0");
  EXPECT_THAT(host().ListAssets(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("pages")));
}

TEST_F(GitHubHostTest, NoAnswerThatIsBrokenLooksLikeNothing) {
  Publish(Intent());
  for (char const* effect : {"html", "truncated", "length-long", "502"}) {
    Plant(absl::StrCat(effect, " kind=list-assets"));
    EXPECT_THAT(host().ListAssets(), StatusIs(absl::StatusCode::kUnavailable)) << effect;
  }
  EXPECT_THAT(host().ListAssets().value(), SizeIs(1));
}

TEST_F(GitHubHostTest, UnchangedPagesCostNoPoints) {
  FillRelease("o/one", 250);
  ASSERT_OK(host().ListAssets());
  farm_.Restart();
  farm_.github->ResetCounters();
  EXPECT_THAT(host().ListAssets().value(), SizeIs(250));
  EXPECT_EQ(farm_.github->counters().points, 0);
}

// A download changes the list that counts it.
TEST_F(GitHubHostTest, ChangedPagesAreReadInTurnWhereTheyWouldCostTooMuch) {
  std::vector<std::string> const tags = {"7.0.0+driver", "7.1.0+driver", "7.2.0+driver"};
  for (std::string const& tag : tags) {
    FakeRelease release;
    release.tag = tag;
    farm_.github->PutRelease("o/one", release);
    farm_.github->PutAsset("o/one", tag, Asset("a.ko"));
  }
  farm_.options.pages_per_listing = 1;
  farm_.Restart();
  EXPECT_THAT(host().ListAssets().value(), SizeIs(3)) << "what was never read is read";
  farm_.github->PutAsset("o/one", tags[0], Asset("new.ko"));
  bool seen = false;
  for (int listing = 0; listing < 3; ++listing) {
    for (std::string const& tag : tags) ASSERT_OK(farm_.Download("o/one", tag, "a.ko"));
    farm_.clock.Advance(absl::Minutes(10));
    farm_.github->ResetCounters();
    ASSERT_OK_AND_ASSIGN(auto const listed, host().ListAssets());
    EXPECT_LE(farm_.github->counters().points, 2) << "the releases, and one page of assets";
    seen = listed.size() == 4;
  }
  EXPECT_TRUE(seen) << "each release had its turn";
}

TEST_F(GitHubHostTest, AReleaseThatWasMadeAnewIsReadWhateverItCosts) {
  FakeRelease release;
  release.tag = kTag;
  int64_t const first = farm_.github->PutRelease("o/one", release);
  farm_.options.pages_per_listing = 0;
  farm_.Restart();
  EXPECT_THAT(host().ListAssets().value(), IsEmpty());
  ASSERT_TRUE(farm_.github->RemoveRelease("o/one", first));
  farm_.github->PutRelease("o/one", release);
  Put(Asset("a.ko"));
  EXPECT_THAT(host().ListAssets().value(), SizeIs(1));
  Put(Asset("b.ko"));
  EXPECT_THAT(host().ListAssets().value(), SizeIs(1)) << "it is known now";
}

TEST_F(GitHubHostTest, UnchangedPagesAreReadHoweverManyTheyAre) {
  for (int i = 0; i < 3; ++i) {
    FakeRelease release;
    release.tag = absl::StrCat("7.", i, ".0+driver");
    farm_.github->PutRelease("o/one", release);
    farm_.github->PutAsset("o/one", release.tag, Asset("a.ko"));
  }
  farm_.options.pages_per_listing = 1;
  farm_.Restart();
  ASSERT_OK(host().ListAssets());
  farm_.github->ResetCounters();
  ASSERT_OK(host().ListAssets());
  EXPECT_EQ(farm_.github->counters().calls["list-assets"], 3);
  EXPECT_EQ(farm_.github->counters().points, 0);
}

TEST_F(GitHubHostTest, APageThatIsFullAndUnchangedDoesNotHideTheNext) {
  FillRelease("o/one", 100);
  EXPECT_THAT(host().ListAssets().value(), SizeIs(100));
  Put(Asset("more"));
  EXPECT_THAT(host().ListAssets().value(), SizeIs(101));
}

TEST_F(GitHubHostTest, WhatIsTakenAwayIsNotListed) {
  Publish(Intent("a.ko", 7));
  Publish(Intent("b.ko", 8));
  EXPECT_THAT(host().ListAssets().value(), SizeIs(2));
  farm_.github->RemoveAsset("o/one", AssetsOf("o/one")[0].id);
  farm_.clock.Advance(absl::Minutes(2));
  EXPECT_THAT(host().ListAssets().value(), SizeIs(1));
  EXPECT_THAT(host().FindAsset(kTag, "a.ko"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(GitHubHostTest, TellsTheRoomOfEveryPlaceOfATag) {
  EXPECT_THAT(host().Rooms(), IsEmpty()) << "nothing is known yet";
  FillRelease("o/one", 900);
  ASSERT_OK(host().ListAssets());
  EXPECT_THAT(host().Rooms(),
              ElementsAre(ReleaseRoom{{"o/one", kTag}, 60}, ReleaseRoom{{"o/two", kTag}, 960}));
}

}  // namespace
}  // namespace probefarm
