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

constexpr char kReason[] = "does not load";

class StoreWithdrawals : public StoreContract {
 protected:
  static WithdrawalOrder OrderFor(PublishedAsset const& asset,
                                  std::string const& reason = kReason) {
    return {asset.tag, asset.asset_name, asset.sha256, reason};
  }
  absl::StatusOr<WithdrawalOutcome> Withdraw(WithdrawalOrder order) {
    return Await<WithdrawalOutcome>(
        [&](auto done) { store().Withdraw(std::move(order), std::move(done)); });
  }
  absl::StatusOr<bool> Recall(Withdrawal withdrawal) {
    return Await<bool>(
        [&](auto done) { store().RecallWithdrawal(std::move(withdrawal), std::move(done)); });
  }
  absl::StatusOr<WithdrawalPage> PageOf(WithdrawalFilter filter, PageRequest page = {}) {
    return Await<WithdrawalPage>([&](auto done) {
      store().ListWithdrawals(std::move(filter), std::move(page), std::move(done));
    });
  }
  std::vector<Withdrawal> Withdrawals(WithdrawalFilter filter = {}) {
    auto page = PageOf(std::move(filter));
    EXPECT_OK(page);
    return page.ok() ? std::move(page->withdrawals) : std::vector<Withdrawal>();
  }
  absl::StatusOr<bool> Mark(PublishedAsset const& asset, bool removed) {
    return Await<bool>([&](auto done) {
      store().MarkWithdrawal(asset.tag, asset.asset_name, asset.sha256, removed, std::move(done));
    });
  }
  absl::Status Find(PublishedAsset const& asset) {
    return Await<PublishedAsset>(
               [&](auto done) { store().FindAsset(asset.tag, asset.asset_name, std::move(done)); })
        .status();
  }
  absl::StatusOr<bool> Adopt(PublishedAsset asset) {
    asset.job = asset.epoch = 0;
    return Await<bool>([&](auto done) { store().Adopt(std::move(asset), std::move(done)); });
  }
  absl::Status Refusal(NewJob job) {
    auto const answers = EnqueueBatchOf({.jobs = {std::move(job)}});
    return answers.ok() ? answers->at(0).status() : answers.status();
  }
  void WriteAll() {
    for (StaleRelease const& stale : Stale()) {
      ASSERT_OK(Await<bool>([&](auto done) {
        store().SideFilesWritten(stale.release, stale.revision, std::move(done));
      }));
    }
  }
  static NewJob OtherInputs(int number) {
    NewJob job = JobFor(number);
    job.fingerprint = "other inputs";
    return job;
  }
};

TEST_P(StoreWithdrawals, TakeTheAssetOutOfTheCatalogAndStay) {
  Job const job = PublishOne(JobFor(1), "aa");
  PublishedAsset const asset = AssetOf(job);
  WriteAll();
  clock_.Advance(absl::Milliseconds(1500));
  ASSERT_OK_AND_ASSIGN(WithdrawalOutcome const outcome, Withdraw(OrderFor(asset)));
  EXPECT_FALSE(outcome.already);
  Restart();
  EXPECT_THAT(Find(asset), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(Withdrawals(), SizeIs(1));
  Withdrawal const kept = Withdrawals()[0];
  EXPECT_EQ(kept.asset.probe, asset.probe);
  EXPECT_EQ(kept.asset.url, asset.url);
  EXPECT_EQ(kept.asset.sha256, "aa");
  EXPECT_EQ(kept.asset.job, job.id);
  EXPECT_EQ(kept.asset.published_at, asset.published_at);
  EXPECT_EQ(kept.fingerprint, JobFor(1).fingerprint);
  EXPECT_EQ(kept.reason, kReason);
  EXPECT_EQ(kept.withdrawn_at, absl::FromUnixSeconds(absl::ToUnixSeconds(clock_.Now())));
  EXPECT_FALSE(kept.removed);
  EXPECT_EQ(Get(job.id).state, JobState::kPublished) << "what was is not rewritten";
  ASSERT_THAT(Stale(), SizeIs(1));
  EXPECT_EQ(Stale()[0].release, probefarm::KeyOf(asset));
}

TEST_P(StoreWithdrawals, TheFirstReasonStays) {
  PublishedAsset const asset = AssetOf(PublishOne(JobFor(1), "aa"));
  ASSERT_OK_AND_ASSIGN(WithdrawalOutcome const first, Withdraw(OrderFor(asset)));
  WriteAll();
  clock_.Advance(absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(WithdrawalOutcome const again, Withdraw(OrderFor(asset, "another")));
  EXPECT_TRUE(again.already);
  EXPECT_EQ(again.withdrawal.reason, kReason);
  EXPECT_EQ(again.withdrawal.withdrawn_at, first.withdrawal.withdrawn_at);
  EXPECT_THAT(Withdrawals(), SizeIs(1));
  EXPECT_THAT(Stale(), IsEmpty()) << "nothing has changed";
}

TEST_P(StoreWithdrawals, OnlyTheBytesThatAreNamed) {
  PublishedAsset const asset = AssetOf(PublishOne(JobFor(1), "aa"));
  WithdrawalOrder other = OrderFor(asset);
  other.sha256 = "bb";
  EXPECT_THAT(Withdraw(other), StatusIs(absl::StatusCode::kNotFound, HasSubstr("bb")));
  other = OrderFor(asset);
  other.tag = "elsewhere";
  EXPECT_THAT(Withdraw(other), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_OK(Find(asset));
  EXPECT_THAT(Withdrawals(), IsEmpty());
}

TEST_P(StoreWithdrawals, TheSameInputsAreNotEnqueuedAndOthersAre) {
  PublishedAsset const asset = AssetOf(PublishOne(JobFor(1), "aa"));
  ASSERT_OK(Withdraw(OrderFor(asset)));
  Restart();
  EXPECT_THAT(Refusal(JobFor(1)),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(kReason)));
  ProbeKnowledge const known = Know(asset.probe);
  EXPECT_FALSE(known.published);
  EXPECT_EQ(known.sha256, "");
  ASSERT_THAT(known.withdrawn, SizeIs(1));
  EXPECT_EQ(known.withdrawn[0].fingerprint, JobFor(1).fingerprint);
  EXPECT_EQ(known.withdrawn[0].sha256, "aa");
  EXPECT_EQ(known.withdrawn[0].reason, kReason);
  EXPECT_OK(Refusal(OtherInputs(1)));
  EXPECT_OK(Refusal(JobFor(2))) << "another probe of the same inputs' name";
}

TEST_P(StoreWithdrawals, AnEarlierJobOfTheSameInputsIsNotRetried) {
  JobId const cancelled = Enqueue(JobFor(1));
  ASSERT_OK(OnJob(cancelled, job_event::Cancel{}));
  ASSERT_OK(Withdraw(OrderFor(AssetOf(PublishOne(JobFor(1), "aa")))));
  EXPECT_THAT(OnJob(cancelled, job_event::Retry{}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(kReason)));
}

// A lost asset that is being built again when somebody withdraws it.
TEST_P(StoreWithdrawals, AnUnfinishedJobOfTheSameInputsEnds) {
  PublishedAsset const asset = AssetOf(PublishOne(JobFor(1), "aa"));
  JobId const queued = Enqueue(JobFor(1));
  ASSERT_OK(Withdraw(OrderFor(asset)));
  Job const ended = Get(queued);
  EXPECT_EQ(ended.state, JobState::kSkipped);
  EXPECT_EQ(ended.reason.code, "withdrawn");
  EXPECT_THAT(ended.reason.text, HasSubstr(kReason));
  EXPECT_THAT(Acquire(OpenFor("w9"), "r").value(), IsEmpty());
}

TEST_P(StoreWithdrawals, AnUnfinishedJobOfOtherInputsGoesOn) {
  PublishedAsset const asset = AssetOf(PublishOne(JobFor(1), "aa"));
  JobId const queued = Enqueue(OtherInputs(1));
  ASSERT_OK(Withdraw(OrderFor(asset)));
  EXPECT_EQ(Get(queued).state, JobState::kQueued);
}

TEST_P(StoreWithdrawals, NeitherTheBytesNorTheInputsArePublishedAgain) {
  PublishedAsset const asset = AssetOf(PublishOne(JobFor(1), "aa"));
  Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w2"));
  ASSERT_OK(OnLease(lease, job_event::ReportArtifact{{"bb", 7}}));
  ASSERT_OK(OnLease(lease, job_event::GrantUpload{}));
  ASSERT_OK(Withdraw(OrderFor(asset)));
  ASSERT_OK_AND_ASSIGN(Job const same_inputs, OnLease(lease, job_event::UploadArrived{}));
  EXPECT_THAT(Publish(same_inputs.id, AssetOf(same_inputs)),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(kReason)));
  ASSERT_OK(OnJob(same_inputs.id, job_event::Conflict{{"conflict", ""}}));
  Enqueue(OtherInputs(1));
  Job const same_bytes = Upload(AcquireOne(OpenFor("w3")), "aa");
  EXPECT_THAT(Publish(same_bytes.id, AssetOf(same_bytes)),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(kReason)));
}

TEST_P(StoreWithdrawals, OtherBytesOfOtherInputsTakeTheNameAndCanBeWithdrawnToo) {
  PublishedAsset const first = AssetOf(PublishOne(JobFor(1), "aa"));
  ASSERT_OK(Withdraw(OrderFor(first)));
  PublishedAsset const second = AssetOf(PublishOne(OtherInputs(1), "bb"));
  EXPECT_EQ(second.asset_name, first.asset_name);
  EXPECT_OK(Find(second));
  EXPECT_EQ(Know(first.probe).sha256, "bb");
  EXPECT_TRUE(Know(first.probe).published);
  ASSERT_OK(Withdraw(OrderFor(second, "no better")));
  Restart();
  EXPECT_THAT(Withdrawals({.asset = {.tag = first.tag, .asset_name = first.asset_name}}),
              SizeIs(2));
  EXPECT_THAT(Refusal(OtherInputs(1)), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(StoreWithdrawals, WithdrawnBytesAreNotAdopted) {
  PublishedAsset const asset = AssetOf(PublishOne(JobFor(1), "aa"));
  ASSERT_OK(Withdraw(OrderFor(asset)));
  EXPECT_THAT(Adopt(asset), StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(kReason)));
  PublishedAsset read_otherwise = asset;
  read_otherwise.probe.kernel_version = "2";
  EXPECT_THAT(Adopt(read_otherwise), StatusIs(absl::StatusCode::kAlreadyExists))
      << "the name is the same";
}

TEST_P(StoreWithdrawals, OtherBytesAreAdoptedWhenAnIndexTellsOfThem) {
  PublishedAsset asset = AssetOf(PublishOne(JobFor(1), "aa"));
  ASSERT_OK(Withdraw(OrderFor(asset)));
  asset.sha256 = "bb";
  EXPECT_THAT(Adopt(asset), StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("other bytes")));
  asset.index_entry = "{}";
  EXPECT_TRUE(*Adopt(asset));
}

TEST_P(StoreWithdrawals, TheInputsOfWhatWasAdoptedAreToldByTheOrder) {
  PublishedAsset asset = AssetOf(PublishOne(JobFor(1), "aa"));
  asset.probe = JobFor(2).probe;
  asset.asset_name = "adopted.o";
  ASSERT_TRUE(*Adopt(asset));
  WithdrawalOrder order = OrderFor(asset);
  order.fingerprint = "inputs of another farm";
  ASSERT_OK_AND_ASSIGN(WithdrawalOutcome const outcome, Withdraw(order));
  EXPECT_EQ(outcome.withdrawal.fingerprint, order.fingerprint);
  EXPECT_EQ(outcome.withdrawal.asset.job, 0);
}

TEST_P(StoreWithdrawals, InputsThatNobodyKnowsKeepNoneBack) {
  PublishedAsset asset = AssetOf(PublishOne(JobFor(1), "aa"));
  asset.probe = JobFor(2).probe;
  asset.asset_name = "adopted.o";
  ASSERT_TRUE(*Adopt(asset));
  ASSERT_OK(Withdraw(OrderFor(asset)));
  NewJob unknown = JobFor(2);
  unknown.fingerprint = "";
  EXPECT_OK(Refusal(unknown));
}

// The release says so first: what it offers must be there.
TEST_P(StoreWithdrawals, AreRemovableOnceTheSideFilesTellOfThem) {
  PublishedAsset const asset = AssetOf(PublishOne(JobFor(1), "aa"));
  ASSERT_THAT(Stale(), SizeIs(1));
  int64_t const before = Stale()[0].revision;
  ASSERT_OK(Withdraw(OrderFor(asset)));
  EXPECT_THAT(Withdrawals({.removable = true}), IsEmpty());
  ASSERT_OK(Await<bool>([&](auto done) {
    store().SideFilesWritten(probefarm::KeyOf(asset), before, std::move(done));
  }));
  EXPECT_THAT(Withdrawals({.removable = true}), IsEmpty()) << "older side files were written";
  WriteAll();
  Restart();
  EXPECT_THAT(Withdrawals({.removable = true}), SizeIs(1));
  EXPECT_TRUE(*Mark(asset, true));
  EXPECT_FALSE(*Mark(asset, true));
  EXPECT_THAT(Withdrawals({.removable = true}), IsEmpty());
  EXPECT_TRUE(Withdrawals()[0].removed);
  EXPECT_TRUE(*Mark(asset, false));
  EXPECT_THAT(Withdrawals({.removable = true}), SizeIs(1));
}

TEST_P(StoreWithdrawals, AreMarkedByTheirBytes) {
  PublishedAsset asset = AssetOf(PublishOne(JobFor(1), "aa"));
  ASSERT_OK(Withdraw(OrderFor(asset)));
  asset.sha256 = "bb";
  EXPECT_THAT(Mark(asset, true), StatusIs(absl::StatusCode::kNotFound, HasSubstr("bb")));
}

TEST_P(StoreWithdrawals, AreRecalledFromAReleaseOnce) {
  Withdrawal withdrawal;
  withdrawal.asset = AssetOf(PublishOne(JobFor(1), "aa"));
  withdrawal.fingerprint = JobFor(1).fingerprint;
  withdrawal.reason = kReason;
  withdrawal.withdrawn_at = absl::FromUnixSeconds(1'700'000'000);
  withdrawal.removed = true;
  WriteAll();
  EXPECT_TRUE(*Recall(withdrawal));
  EXPECT_FALSE(*Recall(withdrawal));
  Restart();
  EXPECT_THAT(Find(withdrawal.asset), StatusIs(absl::StatusCode::kNotFound))
      << "an older catalog had it";
  EXPECT_THAT(Stale(), SizeIs(1));
  EXPECT_EQ(Withdrawals().at(0).withdrawn_at, withdrawal.withdrawn_at);
  EXPECT_THAT(Refusal(JobFor(1)), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Withdrawals({.removable = true}), IsEmpty());
  EXPECT_TRUE(*Mark(withdrawal.asset, false));
  EXPECT_THAT(Withdrawals({.removable = true}), SizeIs(1)) << "its side files said so before";
}

TEST_P(StoreWithdrawals, ARecalledOneLeavesOtherBytesAlone) {
  Withdrawal withdrawal;
  withdrawal.asset = AssetOf(PublishOne(JobFor(1), "bb"));
  withdrawal.asset.sha256 = "aa";
  EXPECT_TRUE(*Recall(withdrawal));
  EXPECT_OK(Find(withdrawal.asset));
  EXPECT_EQ(Know(withdrawal.asset.probe).sha256, "bb");
}

TEST_P(StoreWithdrawals, AreListedByEveryFieldAndInPages) {
  for (int number = 1; number <= 3; ++number)
    ASSERT_OK(Withdraw(OrderFor(AssetOf(PublishOne(JobFor(number), "aa")))));
  PublishedAsset const other = AssetOf(PublishOne(JobFor(4, "7.0.0+driver"), "aa"));
  ASSERT_OK(Withdraw(OrderFor(other)));
  EXPECT_THAT(Withdrawals({.asset = {.driver_version = "7.0.0+driver"}}), SizeIs(1));
  EXPECT_THAT(Withdrawals({.asset = {.asset_name = other.asset_name}}), SizeIs(1));
  EXPECT_THAT(Withdrawals({.asset = {.repository = "", .tag = other.tag}}), SizeIs(1));
  EXPECT_THAT(Withdrawals({.asset = {.repository = "o/r"}}), IsEmpty());
  EXPECT_THAT(Withdrawals({.asset = {.kernel_regex = "-[23]-"}}), SizeIs(2));
  ASSERT_OK_AND_ASSIGN(WithdrawalPage const first, PageOf({}, {3, ""}));
  EXPECT_THAT(first.withdrawals, SizeIs(3));
  ASSERT_OK_AND_ASSIGN(WithdrawalPage const second, PageOf({}, {3, first.next_cursor}));
  EXPECT_THAT(second.withdrawals, SizeIs(1));
  EXPECT_EQ(second.next_cursor, "");
  EXPECT_THAT(PageOf({}, {3, "x"}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(PageOf({.asset = {.kernel_regex = "("}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(StoreWithdrawals, AssetsAreFoundByTheirNamesAlone) {
  PublishedAsset const asset = AssetOf(PublishOne(JobFor(1), "aa"));
  PublishOne(JobFor(2), "bb");
  auto const page = Await<AssetPage>([&](auto done) {
    store().ListAssets({.asset_name = asset.asset_name}, {}, std::move(done));
  });
  ASSERT_OK(page);
  ASSERT_THAT(page->assets, SizeIs(1));
  EXPECT_EQ(page->assets[0].sha256, "aa");
}

INSTANTIATE_TEST_SUITE_P(Contract, StoreWithdrawals, testing::ValuesIn(ImplementationsUnderTest()),
                         &NameOf);

}  // namespace
}  // namespace probefarm
