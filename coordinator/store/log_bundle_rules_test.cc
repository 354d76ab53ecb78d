#include "coordinator/store/log_bundle_rules.h"

#include <gtest/gtest.h>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

ReleaseKey const kRelease{"o/r", "t"};

PublishedAsset Asset() {
  PublishedAsset asset;
  asset.repository = "o/r";
  asset.tag = "t";
  asset.asset_name = "a.o";
  asset.job = 7;
  asset.epoch = 1;
  asset.log = {2, "aa", 3};
  return asset;
}

TEST(LogBundleRules, NumbersGoOnAfterWhatIsHeld) {
  std::vector<LogBundle> const known = {
      {1, "aa", 1, true}, {2, "bb", 1, true}, {5, "cc", 1, false}};
  for (int const number : {1, 2})
    EXPECT_THAT(CheckLogBundle(kRelease, {number, "dd", 1}, {{"a.o", "", 0}}, known),
                StatusIs(absl::StatusCode::kFailedPrecondition));
  for (int const number : {3, 5, 6})
    EXPECT_OK(CheckLogBundle(kRelease, {number, "dd", 1}, {{"a.o", "", 0}}, known));
}

TEST(LogBundleRules, ABundleHoldsLogs) {
  EXPECT_FALSE(CheckLogBundle(kRelease, {1, "dd", 1}, {}, {}).ok());
  EXPECT_FALSE(CheckLogBundle(kRelease, {0, "dd", 1}, {{"a.o", "", 0}}, {}).ok());
  EXPECT_FALSE(CheckLogBundle(kRelease, {1, "dd", -1}, {{"a.o", "", 0}}, {}).ok());
  EXPECT_OK(CheckLogBundle(kRelease, {}, {}, {}));
}

TEST(LogBundleRules, OnlyWhatWasBuiltHereAndIsThereWaits) {
  PublishedAsset asset = Asset();
  EXPECT_FALSE(LogWaits(asset));
  asset.log = {};
  EXPECT_TRUE(LogWaits(asset));
  asset.presence = AssetPresence::kMissing;
  EXPECT_FALSE(LogWaits(asset));
  asset.presence = AssetPresence::kPresent;
  asset.job = 0;
  EXPECT_FALSE(LogWaits(asset));
}

TEST(LogBundleRules, APlaceIsOfOneRunInOneRelease) {
  PublishedAsset after = Asset();
  after.presence = AssetPresence::kMissing;
  after.log = {};
  EXPECT_EQ(LogPlaceAfter(Asset(), after), Asset().log);
  for (auto const change :
       {+[](PublishedAsset& asset) { ++asset.job; }, +[](PublishedAsset& asset) { ++asset.epoch; },
        +[](PublishedAsset& asset) { asset.repository = "o/other"; },
        +[](PublishedAsset& asset) { asset.tag = "other"; },
        +[](PublishedAsset& asset) { asset.asset_name = "b.o"; }}) {
    PublishedAsset changed = Asset();
    change(changed);
    EXPECT_EQ(LogPlaceAfter(Asset(), changed), LogPlace());
  }
}

}  // namespace
}  // namespace probefarm
