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
