#include "worker/inputs/volume_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

absl::Time At(int seconds) { return absl::FromUnixSeconds(1'700'000'000 + seconds); }

TEST(VolumeLedger, KeepsSizeAndLastUse) {
  TemporaryFolder const folder;
  VolumeLedger const ledger(folder / "headers");
  ASSERT_OK(ledger.Enter("v", 123));
  ASSERT_OK(ledger.NoteUse("v", At(5)));
  std::optional<VolumeUse> const use = VolumeLedger(folder / "headers").Find("v");
  ASSERT_TRUE(use.has_value());
  EXPECT_EQ(use->bytes, 123);
  EXPECT_EQ(use->last_use, At(5));
}

TEST(VolumeLedger, KnowsNothingOfAVolumeThatWasNotEnteredOrWasRemoved) {
  TemporaryFolder const folder;
  VolumeLedger const ledger(folder / "headers");
  ASSERT_OK(ledger.NoteUse("v", At(5)));
  EXPECT_FALSE(ledger.Find("v").has_value());
  ASSERT_OK(ledger.Enter("v", 1));
  ledger.Remove("v");
  EXPECT_FALSE(ledger.Find("v").has_value());
}

TEST(VolumeLedger, TakesABrokenEntryForNone) {
  TemporaryFolder const folder;
  folder.Write("headers/v", "what?");
  EXPECT_FALSE(VolumeLedger(folder / "headers").Find("v").has_value());
}

TEST(VolumesToEvict, TakesThoseUsedLongestAgoUntilTheRestFits) {
  std::vector<VolumeEntry> const volumes = {
      {"newest", {40, At(3)}}, {"oldest", {30, At(1)}}, {"middle", {50, At(2)}}};
  EXPECT_THAT(VolumesToEvict(volumes, 120), IsEmpty());
  EXPECT_THAT(VolumesToEvict(volumes, 90), ElementsAre("oldest"));
  EXPECT_THAT(VolumesToEvict(volumes, 89), ElementsAre("oldest", "middle"));
  EXPECT_THAT(VolumesToEvict(volumes, 0), ElementsAre("oldest", "middle", "newest"));
}

}  // namespace
}  // namespace probefarm
