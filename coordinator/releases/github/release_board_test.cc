#include "coordinator/releases/github/release_board.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "lib/driver/log_bundle_name.h"

namespace probefarm {
namespace {

constexpr absl::Duration kGrace = absl::Minutes(10);

class ReleaseBoardTest : public testing::Test {
 protected:
  static GitHubAsset Asset(int64_t id, std::string const& name, char const* state = "uploaded") {
    GitHubAsset asset;
    asset.id = id;
    asset.name = name;
    asset.state = state;
    asset.created_at = kNow;
    return asset;
  }
  void Fill(int assets) {
    std::vector<GitHubAsset> listed;
    listed.reserve(static_cast<size_t>(assets));
    for (int i = 0; i < assets; ++i) listed.push_back(Asset(i + 1, absl::StrCat("a", i)));
    TakeListing(known_, std::move(listed), 0, kNow);
  }
  NameState State(std::string const& name, absl::Duration later = absl::ZeroDuration()) {
    return StateOf(known_, name, 7, 1, kNow + later);
  }

  inline static absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);
  KnownRelease known_;
};

TEST_F(ReleaseBoardTest, RoomCountsWhatIsThereAndWhatIsUnderWay) {
  EXPECT_EQ(RoomIn(known_), kAssetsOfARelease - kKeptForSideFiles);
  Fill(100);
  known_.granted["b"] = {7, 1, kNow + absl::Minutes(1)};
  known_.arrived["c"] = {1, kNow};
  EXPECT_EQ(RoomIn(known_), kAssetsOfARelease - kKeptForSideFiles - 102);
  Fill(999);
  EXPECT_EQ(RoomIn(known_), 0);
}

TEST_F(ReleaseBoardTest, SideFilesAndBundlesTakeNoPlaceOfAProbe) {
  std::vector<GitHubAsset> assets = {Asset(1, "SHA256SUMS"), Asset(2, "index.json.next")};
  for (int number = 1; number <= kMostLogBundles; ++number)
    assets.push_back(Asset(2 + number, LogBundleName(number)));
  TakeListing(known_, assets, 0, kNow);
  EXPECT_EQ(RoomIn(known_), kAssetsOfARelease - kKeptForSideFiles);
  for (int number = 1001; number <= 1020; ++number)
    known_.assets[LogBundleName(number)] = Asset(number, LogBundleName(number));
  EXPECT_EQ(RoomIn(known_), kAssetsOfARelease - 52) << "more than were kept";
}

TEST_F(ReleaseBoardTest, AFullOrImmutableReleaseHasNoRoom) {
  known_.full = true;
  EXPECT_EQ(RoomIn(known_), 0);
  known_.full = false;
  known_.release.immutable = true;
  EXPECT_EQ(RoomIn(known_), 0);
}

TEST_F(ReleaseBoardTest, WhatStandsUnderAName) {
  TakeListing(known_, {Asset(1, "whole"), Asset(2, "odd", "tomorrow"), Asset(3, "rest", "starter")},
              0, kNow);
  known_.arrived["new"] = {4, kNow};
  EXPECT_EQ(State("whole"), NameState::kPresent);
  EXPECT_EQ(State("odd"), NameState::kPresent);
  EXPECT_EQ(State("new"), NameState::kPresent);
  EXPECT_EQ(State("rest"), NameState::kStarter);
  EXPECT_EQ(State("free"), NameState::kFree);
}

TEST_F(ReleaseBoardTest, AGrantStandsInTheWayOfOthersUntilItsDeadline) {
  known_.granted["a"] = {8, 1, kNow + absl::Minutes(1)};
  EXPECT_EQ(State("a"), NameState::kGranted);
  EXPECT_EQ(State("a", absl::Minutes(1)), NameState::kFree);
  known_.granted["a"] = {7, 1, kNow + absl::Minutes(1)};
  EXPECT_EQ(State("a"), NameState::kFree) << "its own";
}

TEST_F(ReleaseBoardTest, ALeftoverIsOldOrOurs) {
  GitHubAsset const rest = Asset(1, "a", "starter");
  EXPECT_FALSE(IsLeftover(known_, rest, kGrace, kNow + kGrace - absl::Seconds(1)));
  EXPECT_TRUE(IsLeftover(known_, rest, kGrace, kNow + kGrace));
  known_.broken["a"] = kNow;
  EXPECT_TRUE(IsLeftover(known_, rest, kGrace, kNow));
  known_.granted["a"] = {7, 1, kNow + absl::Hours(1)};
  EXPECT_FALSE(IsLeftover(known_, rest, kGrace, kNow + kGrace)) << "somebody may be uploading it";
  EXPECT_FALSE(IsLeftover(known_, Asset(2, "b"), kGrace, kNow + kGrace)) << "whole";
}

TEST_F(ReleaseBoardTest, TheEndOfAListReplacesTheEndOnly) {
  Fill(250);
  EXPECT_EQ(FirstNewPage(known_), 3);
  known_.arrived["late"] = {300, kNow};
  std::vector<GitHubAsset> end;
  for (int i = 200; i < 249; ++i) end.push_back(Asset(i + 1, absl::StrCat("a", i)));
  end.push_back(Asset(300, "late"));
  TakeListing(known_, std::move(end), 200, kNow + absl::Seconds(1));
  EXPECT_EQ(known_.assets.size(), 250U);
  EXPECT_FALSE(known_.assets.contains("a249")) << "it is not listed any more";
  EXPECT_TRUE(known_.assets.contains("a0"));
  EXPECT_TRUE(known_.arrived.empty());
  EXPECT_EQ(known_.listed_at, kNow + absl::Seconds(1));
}

TEST_F(ReleaseBoardTest, AStarterHasNotArrived) {
  known_.arrived["a"] = {1, kNow};
  TakeListing(known_, {Asset(1, "a", "starter")}, 0, kNow);
  EXPECT_TRUE(known_.arrived.contains("a"));
}

TEST_F(ReleaseBoardTest, AGrantOfAnEarlierEpochOfTheJobIsOver) {
  known_.granted["a"] = {7, 1, kNow + absl::Minutes(1)};
  EXPECT_EQ(StateOf(known_, "a", 7, 2, kNow), NameState::kFree);
  known_.granted["a"] = {7, 3, kNow + absl::Minutes(1)};
  EXPECT_EQ(StateOf(known_, "a", 7, 2, kNow), NameState::kGranted);
}

TEST_F(ReleaseBoardTest, ANewVersionBesideTheOldOneIsSupersededAfterItsGrace) {
  PutAsset(known_, Asset(1, "index.json"));
  PutAsset(known_, Asset(2, "index.json.next"));
  GitHubAsset const next = known_.assets.at("index.json.next");
  EXPECT_FALSE(IsSupersededNext(known_, next, kGrace, kNow + kGrace - absl::Seconds(1)));
  EXPECT_TRUE(IsSupersededNext(known_, next, kGrace, kNow + kGrace));
  EXPECT_FALSE(IsSupersededNext(known_, Asset(1, "index.json"), kGrace, kNow + kGrace));
  EXPECT_FALSE(IsSupersededNext(known_, Asset(3, "probe.ko.next"), kGrace, kNow + kGrace));
  known_.assets["index.json"].state = "starter";
  EXPECT_FALSE(IsSupersededNext(known_, next, kGrace, kNow + kGrace)) << "it is the only whole one";
}

TEST_F(ReleaseBoardTest, ADigestThatWasComputedOutlivesAListing) {
  known_.digests[1] = "abc";
  TakeListing(known_, {Asset(1, "a"), Asset(2, "b")}, 0, kNow);
  EXPECT_EQ(known_.assets.at("a").sha256, "abc");
  EXPECT_EQ(known_.assets.at("b").sha256, "");
}

TEST_F(ReleaseBoardTest, WhatHasTakenTheNameOfAnAssetSinceIsNotForgotten) {
  PutAsset(known_, Asset(2, "a"));
  ForgetAsset(known_, Asset(1, "a"));
  EXPECT_EQ(AssetIn(known_, "a")->id, 2);
  ForgetAsset(known_, Asset(2, "a"));
  EXPECT_FALSE(AssetIn(known_, "a"));
  ForgetAsset(known_, Asset(2, "a"));
}

// Lists are behind by seconds, of deletions too.
TEST_F(ReleaseBoardTest, WhatWasDeletedForGoodIsNotBelievedToBeBack) {
  TakeListing(known_, {Asset(1, "a"), Asset(2, "b")}, 0, kNow);
  ForgetRemoved(known_, Asset(1, "a"));
  EXPECT_EQ(State("a"), NameState::kFree);
  TakeListing(known_, {Asset(1, "a"), Asset(2, "b")}, 0, kNow);
  EXPECT_EQ(State("a"), NameState::kFree);
  EXPECT_EQ(State("b"), NameState::kPresent);
  TakeListing(known_, {Asset(2, "b"), Asset(3, "a")}, 0, kNow);
  EXPECT_EQ(State("a"), NameState::kPresent) << "another one";
  ForgetRemoved(known_, Asset(1, "a"));
  EXPECT_EQ(State("a"), NameState::kPresent);
}

}  // namespace
}  // namespace probefarm
