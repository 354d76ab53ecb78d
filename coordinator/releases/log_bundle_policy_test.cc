#include "coordinator/releases/log_bundle_policy.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

absl::Time const kNow = absl::FromUnixSeconds(1'700'000'000);
LogBundleTerms const kTerms{.logs = 10, .age = absl::Hours(24), .most_bundles = 6};

WaitingLogs Waiting(int64_t logs, absl::Duration age) { return {{}, logs, kNow - age}; }

TEST(LogBundlePolicy, FullBundlesAreClosedAtOnce) {
  EXPECT_TRUE(BundleIsDue(Waiting(10, absl::ZeroDuration()), 0, kTerms, kNow));
  EXPECT_FALSE(BundleIsDue(Waiting(9, absl::ZeroDuration()), 0, kTerms, kNow));
  EXPECT_TRUE(BundleIsDue(Waiting(10, absl::ZeroDuration()), 5, kTerms, kNow));
}

TEST(LogBundlePolicy, NoLogWaitsForLong) {
  EXPECT_TRUE(BundleIsDue(Waiting(1, absl::Hours(24)), 0, kTerms, kNow));
  EXPECT_FALSE(BundleIsDue(Waiting(9, absl::Hours(23)), 0, kTerms, kNow));
  EXPECT_FALSE(BundleIsDue(Waiting(0, absl::Hours(24)), 0, kTerms, kNow));
}

TEST(LogBundlePolicy, KeepsPlacesForFullBundles) {
  EXPECT_TRUE(BundleIsDue(Waiting(1, absl::Hours(24)), 2, kTerms, kNow));
  EXPECT_FALSE(BundleIsDue(Waiting(9, absl::Hours(24)), 3, kTerms, kNow));
  EXPECT_FALSE(BundleIsDue(Waiting(100, absl::Hours(24)), 6, kTerms, kNow));
}

PublishedAsset Asset(std::string const& name, int minutes) {
  PublishedAsset asset;
  asset.asset_name = name;
  asset.job = 1;
  asset.published_at = kNow + absl::Minutes(minutes);
  return asset;
}

TEST(LogBundlePolicy, TakesThoseThatWaitedLongest) {
  auto const named = [](char const* name) { return Field(&PublishedAsset::asset_name, name); };
  EXPECT_THAT(
      NextBundleOf({Asset("c", 1), Asset("b", 0), Asset("a", 1), Asset("d", 9)}, {.logs = 3}),
      ElementsAre(named("b"), named("a"), named("c")));
}

TEST(LogBundlePolicy, TakesNoLogTwice) {
  PublishedAsset asset = Asset("a", 0);
  asset.log.bundle = 1;
  EXPECT_THAT(NextBundleOf({asset}, kTerms), IsEmpty());
}

}  // namespace
}  // namespace probefarm
