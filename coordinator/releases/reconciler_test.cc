#include "coordinator/releases/reconciler.h"

#include <gmock/gmock.h>

#include "coordinator/releases/release_fixture.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ReconcilerTest : public ReleaseFixture {
 protected:
  ReconcilerTest() { Publish("6.1", "one"); }
  AssetPresence Presence() { return Recorded("6.1.o").presence; }

  InventoryBoard inventory_;
  Adopter adopter_{&store_, &host_, &inventory_, &clock_, {}};
  Reconciler reconciler_{&store_, &host_, &adopter_, &clock_, &metrics_};
};

TEST_F(ReconcilerTest, ChangesNothingWhenBothAgree) {
  ASSERT_OK(reconciler_.RunOnce());
  ReconcileReport const report = reconciler_.last_report();
  EXPECT_EQ(report.at, clock_.Now());
  EXPECT_EQ(report.lost + report.found_again + report.adoption.foreign.total, 0);
  EXPECT_THAT(report.tampered, IsEmpty());
  EXPECT_EQ(Presence(), AssetPresence::kPresent);
}

TEST_F(ReconcilerTest, MarksWhatTheHostLostAndFoundAgain) {
  host_.Remove(kTag, "6.1.o");
  ASSERT_OK(reconciler_.RunOnce());
  EXPECT_EQ(Presence(), AssetPresence::kMissing);
  EXPECT_EQ(reconciler_.last_report().lost, 1);
  host_.Put(kTag, "6.1.o", "one");
  ASSERT_OK(reconciler_.RunOnce());
  EXPECT_EQ(Presence(), AssetPresence::kPresent);
  EXPECT_EQ(reconciler_.last_report().found_again, 1);
}

TEST_F(ReconcilerTest, NeverTakesOtherBytesForThePublishedOnes) {
  host_.Remove(kTag, "6.1.o");
  ASSERT_OK(reconciler_.RunOnce());
  host_.Put(kTag, "6.1.o", "two");
  for (int pass = 0; pass < 2; ++pass) {
    ASSERT_OK(reconciler_.RunOnce());
    EXPECT_EQ(Presence(), AssetPresence::kMissing);
    ASSERT_THAT(reconciler_.last_report().tampered, SizeIs(1));
    EXPECT_EQ(reconciler_.last_report().tampered[0].held.sha256, Sha256Hex("two"));
  }
  EXPECT_THAT(metrics_.Render(), HasSubstr("probefarm_assets_tampered 1"));
}

TEST_F(ReconcilerTest, CountsWhatIsNoProbe) {
  host_.Put("0.18.0", "old.ko", "old");
  ASSERT_OK(reconciler_.RunOnce());
  EXPECT_EQ(reconciler_.last_report().adoption.foreign.total, 1);
}

TEST_F(ReconcilerTest, LosesNothingWhenTheHostDoesNotAnswer) {
  host_.Put("0.18.0", "old.ko", "old");
  ASSERT_OK(reconciler_.RunOnce());
  host_.FailWith(absl::UnavailableError("bad gateway"));
  EXPECT_THAT(reconciler_.RunOnce(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Presence(), AssetPresence::kPresent);
  EXPECT_THAT(reconciler_.last_report().status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(reconciler_.last_report().adoption.foreign.total, 1);
}

}  // namespace
}  // namespace probefarm
