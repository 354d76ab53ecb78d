#include "coordinator/releases/reconcile_diff.h"

#include <gmock/gmock.h>

namespace probefarm {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

PublishedAsset Recorded(std::string const& name, AssetPresence presence = AssetPresence::kPresent) {
  return {.tag = "t", .asset_name = name, .sha256 = "aa", .size = 2, .presence = presence};
}
HostedAsset Held(std::string const& name, std::string const& sha256 = "aa", int64_t size = 2) {
  return {.tag = "t", .asset_name = name, .sha256 = sha256, .size = size};
}

bool IsNothing(ReconcileDiff const& diff) {
  return diff.lost.empty() && diff.found_again.empty() && diff.tampered.empty() &&
         diff.unrecorded.empty();
}

TEST(ReconcileDiff, IsEmptyWhenBothAgree) {
  EXPECT_TRUE(IsNothing(DiffAssets({}, {})));
  EXPECT_TRUE(IsNothing(DiffAssets({Recorded("a")}, {Held("a")})));
  EXPECT_TRUE(IsNothing(DiffAssets({Recorded("a", AssetPresence::kMissing)}, {})));
}

TEST(ReconcileDiff, FindsWhatTheHostLost) {
  ReconcileDiff const diff = DiffAssets({Recorded("a"), Recorded("b")}, {Held("b")});
  ASSERT_THAT(diff.lost, SizeIs(1));
  EXPECT_EQ(diff.lost[0].asset_name, "a");
}

TEST(ReconcileDiff, FindsWhatCameBackAsItWas) {
  ReconcileDiff const diff = DiffAssets({Recorded("a", AssetPresence::kMissing)}, {Held("a")});
  ASSERT_THAT(diff.found_again, SizeIs(1));
  EXPECT_EQ(diff.found_again[0].asset_name, "a");
}

TEST(ReconcileDiff, NeverAcceptsOtherBytes) {
  for (AssetPresence const presence : {AssetPresence::kPresent, AssetPresence::kMissing}) {
    for (HostedAsset const& held : {Held("a", "bb"), Held("a", "aa", 3), Held("a", "", 3)}) {
      ReconcileDiff const diff = DiffAssets({Recorded("a", presence)}, {held});
      ASSERT_THAT(diff.tampered, SizeIs(1));
      EXPECT_EQ(diff.tampered[0].held.sha256, held.sha256);
      EXPECT_THAT(diff.found_again, IsEmpty());
      EXPECT_THAT(diff.lost, IsEmpty());
    }
  }
}

TEST(ReconcileDiff, GoesByTheSizeWhenTheHostKnowsNoDigest) {
  EXPECT_TRUE(IsNothing(DiffAssets({Recorded("a")}, {Held("a", "")})));
}

TEST(ReconcileDiff, ListsWhatNobodyRecorded) {
  HostedAsset elsewhere = Held("a");
  elsewhere.tag = "other";
  ReconcileDiff const diff = DiffAssets({Recorded("a")}, {Held("a"), Held("b"), elsewhere});
  EXPECT_THAT(diff.unrecorded, SizeIs(2));
  EXPECT_THAT(diff.lost, IsEmpty());
}

TEST(ReconcileDiff, GoesByTheRepositoryToo) {
  HostedAsset elsewhere = Held("a");
  elsewhere.repository = "o/two";
  ReconcileDiff const diff = DiffAssets({Recorded("a")}, {elsewhere});
  EXPECT_THAT(diff.lost, SizeIs(1)) << "its URL leads nowhere";
  EXPECT_THAT(diff.unrecorded, SizeIs(1));
}

}  // namespace
}  // namespace probefarm
