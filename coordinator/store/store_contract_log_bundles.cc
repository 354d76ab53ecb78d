#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/store/await.h"
#include "coordinator/store/store_contract.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreLogBundles : public StoreContract {
 protected:
  // Publishes a probe whose log says so.
  Job PublishWithLog(int number, std::string const& log) {
    Enqueue(JobFor(number));
    Job const lease = AcquireOne(OpenFor("w", std::to_string(++sessions_)));
    EXPECT_OK(Append(lease, 0, log));
    Job const verifying = Upload(lease, "aa");
    absl::StatusOr<Job> published = Publish(lease.id, AssetOf(verifying));
    EXPECT_OK(published);
    return published.value_or(Job{});
  }
  std::vector<WaitingLogs> Waiting() {
    auto list = Await<std::vector<WaitingLogs>>(
        [&](auto done) { store().ListWaitingLogs(std::move(done)); });
    EXPECT_OK(list);
    return list.value_or(std::vector<WaitingLogs>());
  }
  std::vector<LogBundle> Bundles() {
    auto list = Await<std::vector<LogBundle>>(
        [&](auto done) { store().ListLogBundles(release_, std::move(done)); });
    EXPECT_OK(list);
    return list.value_or(std::vector<LogBundle>());
  }
  absl::StatusOr<bool> Plan(LogBundle bundle, std::vector<Job> const& jobs) {
    std::vector<BundledLog> logs;
    for (Job const& job : jobs) logs.push_back({AssetOf(job).asset_name, "digest of log", 3});
    return Await<bool>([&](auto done) {
      store().PlanLogBundle(release_, bundle, std::move(logs), std::move(done));
    });
  }
  absl::StatusOr<bool> Held(int number) {
    return Await<bool>(
        [&](auto done) { store().LogBundleHeld(release_, number, std::move(done)); });
  }
  absl::StatusOr<bool> AdoptBundles(std::vector<LogBundle> bundles) {
    return Await<bool>(
        [&](auto done) { store().AdoptLogBundles(release_, std::move(bundles), std::move(done)); });
  }
  absl::StatusOr<bool> Drop(absl::Time before) {
    return Await<bool>([&](auto done) { store().DropBundledLogs(before, std::move(done)); });
  }
  LogPlace PlaceOf(Job const& job) {
    PublishedAsset const named = AssetOf(job);
    auto asset = Await<PublishedAsset>(
        [&](auto done) { store().FindAsset(named.tag, named.asset_name, std::move(done)); });
    EXPECT_OK(asset);
    return asset.value_or(PublishedAsset{}).log;
  }
  absl::Status Mark(Job const& job, AssetPresence presence) {
    PublishedAsset const asset = AssetOf(job);
    return Await<bool>([&](auto done) {
             store().MarkAsset(asset.tag, asset.asset_name, presence, std::move(done));
           })
        .status();
  }

  ReleaseKey const release_{"", "8.0.0+driver/x86_64"};

 private:
  int sessions_ = 0;
};

TEST_P(StoreLogBundles, LogsOfPublishedProbesWait) {
  EXPECT_THAT(Waiting(), IsEmpty());
  absl::Time const first = clock_.Now();
  Job const lost = PublishWithLog(1, "one");
  clock_.Advance(absl::Minutes(1));
  PublishWithLog(2, "two");
  Restart();
  ASSERT_THAT(Waiting(), SizeIs(1));
  EXPECT_EQ(Waiting()[0].release, release_);
  EXPECT_EQ(Waiting()[0].logs, 2);
  EXPECT_EQ(Waiting()[0].oldest, first);
  EXPECT_FALSE(Waiting()[0].planned);
  ASSERT_OK(Mark(lost, AssetPresence::kMissing));
  EXPECT_EQ(Waiting()[0].logs, 1);
}

TEST_P(StoreLogBundles, APlanIsKeptUntilTheBundleIsHeld) {
  Job const one = PublishWithLog(1, "one");
  Job const two = PublishWithLog(2, "two");
  ASSERT_OK(Plan({1, "bundle", 99, true}, {one}));
  Restart();
  EXPECT_THAT(Bundles(), ElementsAre(LogBundle{1, "bundle", 99, false}));
  EXPECT_EQ(PlaceOf(one), (LogPlace{1, "digest of log", 3}));
  EXPECT_EQ(PlaceOf(two), LogPlace());
  ASSERT_THAT(Waiting(), SizeIs(1));
  EXPECT_EQ(Waiting()[0].logs, 1);
  EXPECT_TRUE(Waiting()[0].planned);
  EXPECT_TRUE(*Held(1));
  EXPECT_FALSE(*Held(1));
  Restart();
  EXPECT_THAT(Bundles(), ElementsAre(LogBundle{1, "bundle", 99, true}));
  EXPECT_FALSE(Waiting()[0].planned);
  EXPECT_THAT(Held(2), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreLogBundles, AReleaseIsStaleOnceItHoldsABundle) {
  Job const one = PublishWithLog(1, "one");
  int64_t const before = Stale().at(0).revision;
  ASSERT_OK(Plan({1, "bundle", 99}, {one}));
  EXPECT_EQ(Stale().at(0).revision, before);
  ASSERT_OK(Held(1));
  EXPECT_EQ(Stale().at(0).revision, before + 1);
  ASSERT_OK(Held(1));
  EXPECT_EQ(Stale().at(0).revision, before + 1);
}

TEST_P(StoreLogBundles, AnotherPlanTakesTheFirstOnesPlace) {
  Job const one = PublishWithLog(1, "one");
  Job const two = PublishWithLog(2, "two");
  ASSERT_OK(Plan({1, "bundle", 99}, {one}));
  ASSERT_OK(Plan({2, "other", 98}, {two}));
  EXPECT_THAT(Bundles(), ElementsAre(LogBundle{2, "other", 98, false}));
  EXPECT_EQ(PlaceOf(one), LogPlace());
  EXPECT_EQ(PlaceOf(two).bundle, 2);
  ASSERT_OK(Plan({}, {}));
  EXPECT_THAT(Bundles(), IsEmpty());
  EXPECT_EQ(PlaceOf(two), LogPlace());
}

TEST_P(StoreLogBundles, NoLogIsInTwoBundles) {
  Job const one = PublishWithLog(1, "one");
  Job const two = PublishWithLog(2, "two");
  ASSERT_OK(Plan({1, "bundle", 99}, {one}));
  ASSERT_OK(Held(1));
  EXPECT_THAT(Plan({2, "other", 98}, {two, one}), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(PlaceOf(two), LogPlace()) << "all or nothing";
  EXPECT_THAT(Bundles(), SizeIs(1));
  EXPECT_THAT(Plan({1, "other", 98}, {two}), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(PlaceOf(one).bundle, 1);
}

TEST_P(StoreLogBundles, AProbeThatIsBuiltAgainHasAnotherLog) {
  Job const one = PublishWithLog(1, "one");
  ASSERT_OK(Plan({1, "bundle", 99}, {one}));
  ASSERT_OK(Held(1));
  ASSERT_OK(Mark(one, AssetPresence::kMissing));
  EXPECT_EQ(PlaceOf(one).bundle, 1);
  PublishWithLog(1, "one again");
  EXPECT_EQ(PlaceOf(one), LogPlace());
  EXPECT_THAT(Waiting(), SizeIs(1));
}

TEST_P(StoreLogBundles, WhatTheReleaseHasOfEarlierIsAdopted) {
  EXPECT_TRUE(*AdoptBundles({{1, "aa", 1}, {3, "cc", 3}}));
  EXPECT_THAT(Stale(), SizeIs(1));
  EXPECT_FALSE(*AdoptBundles({{1, "other", 1}}));
  EXPECT_THAT(Bundles(), ElementsAre(LogBundle{1, "aa", 1, true}, LogBundle{3, "cc", 3, true}));
  Job const one = PublishWithLog(1, "one");
  EXPECT_THAT(Plan({3, "bundle", 99}, {one}), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_OK(Plan({4, "bundle", 99}, {one}));
}

TEST_P(StoreLogBundles, OnlyAHeldBundlesLogsAreDropped) {
  Job const one = PublishWithLog(1, "one");
  Job const two = PublishWithLog(2, "two");
  ASSERT_OK(Plan({1, "bundle", 99}, {one}));
  absl::Time const planned = clock_.Now();
  EXPECT_FALSE(*Drop(planned + absl::Hours(1)));
  clock_.Advance(absl::Minutes(1));
  ASSERT_OK(Held(1));
  EXPECT_FALSE(*Drop(planned)) << "it is not held for so long";
  EXPECT_EQ(ReadLog({one.id, {}, 0, 100})->bytes, "one");
  EXPECT_TRUE(*Drop(clock_.Now()));
  EXPECT_FALSE(*Drop(clock_.Now()));
  Restart();
  EXPECT_THAT(ReadLog({one.id, {}, 0, 100}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("logs-0001.tar.zst")));
  EXPECT_EQ(ReadLog({two.id, {}, 0, 100})->bytes, "two");
}

INSTANTIATE_TEST_SUITE_P(Contract, StoreLogBundles, testing::ValuesIn(ImplementationsUnderTest()),
                         &NameOf);

}  // namespace
}  // namespace probefarm
