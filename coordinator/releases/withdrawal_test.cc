// From the decision to the removal, and back from the releases when the catalog was lost.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/reconciler.h"
#include "coordinator/releases/recorded_assets.h"
#include "coordinator/releases/release_fixture.h"
#include "coordinator/releases/side_files.h"
#include "coordinator/releases/withdrawal_removal.h"
#include "coordinator/releases/withdrawer.h"
#include "coordinator/store/await.h"
#include "lib/digest/sha256.h"
#include "lib/index/release_index.h"
#include "lib/runtime/status_matchers.h"
#include "lib/signing/sample_keys.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kName[] = "6.1.o";
constexpr char kReason[] = "does not load";
using Fault = FakeReleaseHost::RemovalFault;

class WithdrawalTest : public ReleaseFixture {
 protected:
  WithdrawalTest() {
    Publish("6.1", "one");
    Publish("6.2", "two");
    side_files_.RunOnce();
    EXPECT_OK(reconciler_.RunOnce());
  }

  void Withdraw(std::string const& name = kName) {
    ASSERT_OK(withdrawer_.Withdraw({.name = name, .reason = kReason}));
  }
  // What the background does, in an order that must not matter.
  void Work() {
    removal_.RunOnce();
    side_files_.RunOnce();
    removal_.RunOnce();
  }
  static std::vector<Withdrawal> Withdrawals(Store& store) {
    return RecordedWithdrawals(store, {}).value();
  }
  ReleaseIndex Index() {
    return ParseReleaseIndex(host_.SideFile(kTag, "index.json").value_or("")).value();
  }
  absl::Status Refusal(Store& store, Withdrawal const& withdrawal) {
    NewJob job;
    job.probe = withdrawal.asset.probe;
    job.file_name = withdrawal.asset.file_name;
    job.fingerprint = withdrawal.fingerprint;
    job.spec = "{}";
    return Await<std::vector<absl::StatusOr<EnqueuedJob>>>(
               [&](auto done) { store.Enqueue({.jobs = {job}}, std::move(done)); })
        .value()
        .at(0)
        .status();
  }

  SigningKey const key_ = SampleKey();
  InventoryBoard inventory_;
  Adopter adopter_{&store_, &host_, &inventory_, &clock_, {}};
  Reconciler reconciler_{&store_, &host_, &adopter_, &clock_, &metrics_, &key_};
  SideFiles side_files_{&store_, &host_, &metrics_, &key_};
  WithdrawalRemoval removal_{&store_, &host_, &metrics_};
  Withdrawer withdrawer_{&store_, &host_, &metrics_, [] {}};
};

// A store that knows nothing, in front of the same releases.
class LostCatalogTest : public WithdrawalTest {
 protected:
  LostCatalogTest() {
    Withdraw();
    Work();
  }
  absl::Status Reconcile(SigningKey const* key) {
    Reconciler reconciler(&empty_, &host_, &empty_adopter_, &clock_, &metrics_, key);
    return reconciler.RunOnce();
  }

  MemoryStore empty_{clock_};
  Adopter empty_adopter_{&empty_, &host_, &inventory_, &clock_, {}};
};

TEST_F(WithdrawalTest, TheIndexSaysSoBeforeTheAssetGoes) {
  ASSERT_NO_FATAL_FAILURE(Withdraw());
  removal_.RunOnce();
  EXPECT_EQ(host_.Asset(kTag, kName), "one") << "the release offers it still";
  side_files_.RunOnce();
  EXPECT_EQ(host_.Asset(kTag, kName), "one");
  EXPECT_THAT(*host_.SideFile(kTag, "SHA256SUMS"), Not(HasSubstr(kName)));
  removal_.RunOnce();
  EXPECT_EQ(host_.Asset(kTag, kName), std::nullopt);
  EXPECT_EQ(host_.Asset(kTag, "6.2.o"), "two");
  EXPECT_TRUE(Withdrawals(store_).at(0).removed);
}

TEST_F(WithdrawalTest, ASignedTombstoneStandsInTheIndex) {
  ASSERT_NO_FATAL_FAILURE(Withdraw());
  Work();
  ReleaseIndex const index = Index();
  ASSERT_THAT(index.probes, SizeIs(1));
  EXPECT_EQ(index.probes[0].asset_name, "6.2.o");
  ASSERT_THAT(index.withdrawn, SizeIs(1));
  Tombstone const& tombstone = index.withdrawn[0].tombstone;
  EXPECT_EQ(tombstone.asset_name, kName);
  EXPECT_EQ(tombstone.sha256, Sha256Hex("one"));
  EXPECT_EQ(tombstone.reason, kReason);
  EXPECT_EQ(tombstone.tag, kTag);
  EXPECT_EQ(tombstone.withdrawn_at, absl::FromUnixSeconds(absl::ToUnixSeconds(clock_.Now())));
  EXPECT_NE(VerifyDsse(index.withdrawn[0].statement, {key_.public_key()}), nullptr);
  EXPECT_THAT(*host_.SideFile(kTag, "provenance.jsonl"), Not(HasSubstr(Sha256Hex("one"))));
}

TEST_F(WithdrawalTest, ATombstoneOutlivesWhatComesAfterIt) {
  ASSERT_NO_FATAL_FAILURE(Withdraw());
  Work();
  Publish("6.3", "three");
  side_files_.RunOnce();
  EXPECT_THAT(Index().withdrawn, SizeIs(1));
  ASSERT_NO_FATAL_FAILURE(Withdraw("6.2.o"));
  ASSERT_NO_FATAL_FAILURE(Withdraw("6.3.o"));
  Work();
  EXPECT_THAT(Index().withdrawn, SizeIs(3));
  EXPECT_THAT(Index().probes, IsEmpty());
  EXPECT_THAT(host_.ListAssets().value(), IsEmpty());
}

TEST_F(WithdrawalTest, ARemovalThatFailsIsTriedAgain) {
  ASSERT_NO_FATAL_FAILURE(Withdraw());
  host_.FailRemoval(Fault::kRefused);
  Work();
  EXPECT_EQ(host_.Asset(kTag, kName), "one");
  EXPECT_THAT(metrics_.Render(), HasSubstr("probefarm_withdrawn_assets_held 1"));
  host_.FailRemoval(Fault::kLate);  // the answer is lost
  Work();
  EXPECT_EQ(host_.Asset(kTag, kName), std::nullopt);
  EXPECT_FALSE(Withdrawals(store_).at(0).removed);
  host_.FailRemoval(Fault::kNone);
  Work();
  EXPECT_TRUE(Withdrawals(store_).at(0).removed);
  EXPECT_THAT(metrics_.Render(), HasSubstr("probefarm_withdrawn_assets_held 0"));
}

// Neither lost, nor tampered with, nor foreign.
TEST_F(WithdrawalTest, IsNotMistakenForSomethingElseAtAnyMoment) {
  auto const expect_quiet = [&](int64_t held) {
    ASSERT_OK(reconciler_.RunOnce());
    ReconcileReport const report = reconciler_.last_report();
    EXPECT_EQ(report.lost, 0);
    EXPECT_THAT(report.tampered, IsEmpty());
    EXPECT_EQ(report.withdrawn.total, held);
    AdoptionResult const& adoption = report.adoption;
    EXPECT_EQ(adoption.adopted + adoption.conflicts.total + adoption.foreign.total +
                  adoption.waiting.total,
              0);
  };
  ASSERT_NO_FATAL_FAILURE(Withdraw());
  expect_quiet(1);
  EXPECT_THAT(reconciler_.last_report().withdrawn.first[0].why, HasSubstr(kReason));
  side_files_.RunOnce();
  expect_quiet(1);
  removal_.RunOnce();
  expect_quiet(0);
}

TEST_F(WithdrawalTest, WhatSomebodyPutsBackIsReportedAndTakenAwayAgain) {
  ASSERT_NO_FATAL_FAILURE(Withdraw());
  Work();
  for (bool const digest_is_known : {true, false}) {
    host_.Put(kTag, kName, "one");
    if (!digest_is_known) host_.ForgetDigest(kTag, kName);
    ASSERT_OK(reconciler_.RunOnce());
    EXPECT_EQ(reconciler_.last_report().withdrawn.total, 1);
    EXPECT_THAT(metrics_.Render(), HasSubstr("probefarm_assets_withdrawn 1"));
    removal_.RunOnce();
    EXPECT_EQ(host_.Asset(kTag, kName), std::nullopt);
    ASSERT_OK(reconciler_.RunOnce());
    EXPECT_EQ(reconciler_.last_report().withdrawn.total, 0);
  }
}

TEST_F(WithdrawalTest, OtherBytesUnderTheNameStayAndAreReported) {
  ASSERT_NO_FATAL_FAILURE(Withdraw());
  side_files_.RunOnce();
  host_.Put(kTag, kName, "somebody else's");
  removal_.RunOnce();
  EXPECT_TRUE(Withdrawals(store_).at(0).removed) << "the withdrawn bytes are gone";
  ASSERT_OK(reconciler_.RunOnce());
  Work();
  EXPECT_EQ(host_.Asset(kTag, kName), "somebody else's");
  ReconcileReport const report = reconciler_.last_report();
  EXPECT_EQ(report.withdrawn.total, 0);
  EXPECT_EQ(report.adoption.adopted, 0);
  EXPECT_EQ(report.adoption.conflicts.total + report.adoption.foreign.total, 1);
}

// While the host was being listed.
TEST_F(WithdrawalTest, ALostAssetCanBeWithdrawn) {
  host_.Remove(kTag, kName);
  ASSERT_OK(reconciler_.RunOnce());
  ASSERT_NO_FATAL_FAILURE(Withdraw());
  Work();
  EXPECT_TRUE(Withdrawals(store_).at(0).removed);
  EXPECT_THAT(Index().withdrawn, SizeIs(1));
}

TEST_F(LostCatalogTest, WhatWasWithdrawnIsNotBuiltAgain) {
  ASSERT_OK(Reconcile(&key_));
  ASSERT_THAT(Withdrawals(empty_), SizeIs(1));
  Withdrawal const recalled = Withdrawals(empty_)[0];
  Withdrawal const before = Withdrawals(store_).at(0);
  EXPECT_EQ(recalled.fingerprint, before.fingerprint);
  EXPECT_EQ(recalled.reason, kReason);
  EXPECT_EQ(recalled.withdrawn_at, before.withdrawn_at);
  EXPECT_TRUE(recalled.removed);
  EXPECT_THAT(Refusal(empty_, recalled),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(kReason)));
}

TEST_F(LostCatalogTest, TheTombstoneIsWrittenAgainAsItWas) {
  std::string const before = *host_.SideFile(kTag, "index.json");
  ASSERT_OK(Reconcile(&key_));
  SideFiles side_files(&empty_, &host_, &metrics_, &key_);
  side_files.RunOnce();
  ASSERT_OK(side_files.last_error());
  EXPECT_EQ(Index().withdrawn, ParseReleaseIndex(before)->withdrawn);
}

TEST_F(LostCatalogTest, ARestoredOlderCatalogFollowsTheRelease) {
  PublishedAsset asset = Withdrawals(store_).at(0).asset;
  asset.job = asset.epoch = 0;
  ASSERT_OK(Await<bool>([&](auto done) { empty_.Adopt(asset, std::move(done)); }));
  ASSERT_OK(Reconcile(&key_));
  EXPECT_THAT(
      Await<PublishedAsset>([&](auto done) { empty_.FindAsset(kTag, kName, std::move(done)); }),
      StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Withdrawals(empty_), SizeIs(1));
}

TEST_F(LostCatalogTest, OnlyWhatTheFarmHasSignedIsBelieved) {
  SigningKey const other = OtherKey();
  ASSERT_OK(Reconcile(&other));
  EXPECT_THAT(Withdrawals(empty_), IsEmpty());
  EXPECT_THAT(metrics_.Render(), HasSubstr("probefarm_tombstones_refused_total 1"));
  ASSERT_OK(Reconcile(nullptr)) << "a farm that does not sign";
  EXPECT_THAT(Withdrawals(empty_), SizeIs(1));
}

TEST_F(LostCatalogTest, ATombstoneOfAnotherReleaseIsNotBelieved) {
  ReleaseIndex index = Index();
  index.tag = "7.0.0+driver/x86_64";
  ASSERT_OK(host_.WriteSideFile({"", index.tag}, "index.json", RenderReleaseIndex(index)));
  ASSERT_OK(Reconcile(&key_));
  EXPECT_THAT(Withdrawals(empty_), SizeIs(1)) << "signed, but not of this release";
}

// Nobody plans by a catalog that may lack a withdrawal.
TEST_F(LostCatalogTest, WithoutTheIndexNothingIsCompared) {
  host_.FailReading(true);
  EXPECT_THAT(Reconcile(&key_), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("withdrawals")));
  host_.FailReading(false);
  ASSERT_OK(host_.WriteSideFile({"", kTag}, "index.json", "[]"));
  EXPECT_OK(Reconcile(&key_)) << "what is no index tells nothing, for good";
}

}  // namespace
}  // namespace probefarm
