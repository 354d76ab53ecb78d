// Changes as watchers read them, and jobs that are forgotten.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/store/await.h"
#include "coordinator/store/store_contract.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class StoreChanges : public StoreContract {
 protected:
  absl::StatusOr<JobChanges> Changes(std::optional<int64_t> after, int limit = 100,
                                     JobFilter filter = {}) {
    return Await<JobChanges>(
        [&](auto done) { store().ListChanges(std::move(filter), after, limit, std::move(done)); });
  }
  static std::vector<JobId> IdsOf(JobChanges const& changes) {
    std::vector<JobId> ids;
    for (JobChange const& change : changes.changes) ids.push_back(change.job.id);
    return ids;
  }
};

TEST_P(StoreChanges, OfAnEmptyStoreAreNone) {
  ASSERT_OK_AND_ASSIGN(JobChanges const changes, Changes(0));
  EXPECT_THAT(changes.changes, IsEmpty());
  EXPECT_EQ(changes.revision, 0);
}

TEST_P(StoreChanges, ComeInTheOrderInWhichTheyWereMade) {
  JobId const first = Enqueue(JobFor(1));
  JobId const second = Enqueue(JobFor(2));
  ASSERT_OK_AND_ASSIGN(JobChanges const all, Changes(0));
  EXPECT_THAT(IdsOf(all), ElementsAre(first, second));
  ASSERT_OK(OnJob(first, job_event::Cancel{}));
  ASSERT_OK_AND_ASSIGN(JobChanges const later, Changes(all.revision));
  ASSERT_THAT(IdsOf(later), ElementsAre(first));
  EXPECT_EQ(later.changes[0].job.state, JobState::kCancelled);
  EXPECT_EQ(later.changes[0].revision, later.revision);
  ASSERT_OK_AND_ASSIGN(JobChanges const none, Changes(later.revision));
  EXPECT_THAT(none.changes, IsEmpty());
  EXPECT_EQ(none.revision, later.revision);
}

TEST_P(StoreChanges, OfALeaseAreSeenTillTheEnd) {
  Enqueue(JobFor(1));
  std::vector<JobState> seen;
  int64_t revision = 0;
  auto const look = [&] {
    ASSERT_OK_AND_ASSIGN(JobChanges const changes, Changes(revision));
    ASSERT_THAT(changes.changes, testing::SizeIs(1));
    seen.push_back(changes.changes[0].job.state);
    revision = changes.revision;
  };
  look();
  Job const lease = AcquireOne(OpenFor("w1"));
  look();
  Job const uploaded = Upload(lease, "a");
  look();
  ASSERT_OK(Publish(uploaded.id, AssetOf(uploaded)));
  look();
  EXPECT_THAT(seen, ElementsAre(JobState::kQueued, JobState::kLeased, JobState::kVerifying,
                                JobState::kPublished));
}

TEST_P(StoreChanges, APageEndsWhereTheNextGoesOn) {
  for (int i = 1; i <= 5; ++i) Enqueue(JobFor(i));
  ASSERT_OK_AND_ASSIGN(JobChanges const first, Changes(0, 3));
  EXPECT_THAT(IdsOf(first), ElementsAre(1, 2, 3));
  ASSERT_OK_AND_ASSIGN(JobChanges const second, Changes(first.revision, 3));
  EXPECT_THAT(IdsOf(second), ElementsAre(4, 5));
  EXPECT_THAT(Changes(0, 0), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(StoreChanges, ThatDoNotMatchArePassedOver) {
  JobId const first = Enqueue(JobFor(1));
  Enqueue(JobFor(2));
  ASSERT_OK(OnJob(first, job_event::Cancel{}));
  JobFilter cancelled;
  cancelled.states = {JobState::kCancelled};
  ASSERT_OK_AND_ASSIGN(JobChanges const changes, Changes(0, 100, cancelled));
  EXPECT_THAT(IdsOf(changes), ElementsAre(first));
  Enqueue(JobFor(3));
  ASSERT_OK_AND_ASSIGN(JobChanges const none, Changes(changes.revision, 100, cancelled));
  EXPECT_THAT(none.changes, IsEmpty());
  EXPECT_GT(none.revision, changes.revision);
  JobFilter broken;
  broken.kernel_regex = "(";
  EXPECT_THAT(Changes(0, 1, broken), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(StoreChanges, WithoutARevisionOnlyThePresentOneIsAnswered) {
  Enqueue(JobFor(1));
  ASSERT_OK_AND_ASSIGN(JobChanges const now, Changes(std::nullopt));
  EXPECT_THAT(now.changes, IsEmpty());
  JobId const next = Enqueue(JobFor(2));
  ASSERT_OK_AND_ASSIGN(JobChanges const changes, Changes(now.revision));
  EXPECT_THAT(IdsOf(changes), ElementsAre(next));
}

TEST_P(StoreChanges, RevisionsGoOnOverARestartAndWhatIsForgotten) {
  JobId const first = Enqueue(JobFor(1));
  ASSERT_OK(OnJob(first, job_event::Cancel{}));
  ASSERT_OK_AND_ASSIGN(JobChanges const before, Changes(0));
  ASSERT_OK(Await<int64_t>([&](auto done) {
    store().Prune({absl::Hours(1), 0}, 100, std::move(done));
  }));
  Restart();
  JobId const second = Enqueue(JobFor(2));
  ASSERT_OK_AND_ASSIGN(JobChanges const after, Changes(before.revision));
  EXPECT_THAT(IdsOf(after), ElementsAre(second));
}

class StorePruning : public StoreContract {
 protected:
  int64_t Prune(Retention retention, int limit = 100) {
    auto const forgotten =
        Await<int64_t>([&](auto done) { store().Prune(retention, limit, std::move(done)); });
    EXPECT_OK(forgotten);
    return forgotten.value_or(-1);
  }
  // Enqueues a job and cancels it.
  JobId Cancelled(int number) {
    JobId const id = Enqueue(JobFor(number));
    EXPECT_OK(OnJob(id, job_event::Cancel{}));
    return id;
  }
  JobId Failed(int number) {
    JobId const id = Enqueue(JobFor(number));
    EXPECT_OK(OnLease(AcquireOne(session_), job_event::PermanentFailure{{"compiler_error", ""}}));
    return id;
  }
  std::vector<JobId> Left() {
    absl::StatusOr<JobPage> const page = List({});
    EXPECT_OK(page);
    std::vector<JobId> ids;
    for (Job const& job : page.value_or(JobPage{}).jobs) ids.push_back(job.id);
    return ids;
  }

  std::string const session_ = OpenFor("w1");
  static constexpr Retention kNothing{absl::Hours(1), 0};
};

TEST_P(StorePruning, ForgetsWhatEndedLongAgo) {
  JobId const old = Cancelled(1);
  clock_.Advance(absl::Hours(2));
  JobId const young = Cancelled(2);
  JobId const waiting = Enqueue(JobFor(3));
  EXPECT_EQ(Prune({absl::Hours(1), 100}), 1);
  EXPECT_THAT(Left(), UnorderedElementsAre(young, waiting));
  auto const spec = Await<std::string>([&](auto done) { store().GetSpec(old, std::move(done)); });
  EXPECT_THAT(spec, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(Prune({absl::Hours(1), 100}), 0);
}

TEST_P(StorePruning, KeepsTheLastSoMany) {
  for (int i = 1; i <= 4; ++i) {
    Cancelled(i);
    clock_.Advance(absl::Seconds(1));
  }
  EXPECT_EQ(Prune({absl::Hours(1), 2}), 2);
  EXPECT_THAT(Left(), UnorderedElementsAre(3, 4));
}

TEST_P(StorePruning, TakesNoMoreThanItIsLetAtOnce) {
  for (int i = 1; i <= 4; ++i) Cancelled(i);
  Enqueue(JobFor(5));
  EXPECT_EQ(Prune(kNothing, 3), 3);
  EXPECT_EQ(Prune(kNothing, 3), 1);
}

TEST_P(StorePruning, KeepsWhatIsPublishedWithItsLog) {
  Enqueue(JobFor(1));
  Job const lease = AcquireOne(session_);
  ASSERT_OK(Append(lease, 0, "log"));
  Job const uploaded = Upload(lease, "a");
  ASSERT_OK(Publish(uploaded.id, AssetOf(uploaded)));
  Enqueue(JobFor(2));
  clock_.Advance(absl::Hours(24 * 1000));
  EXPECT_EQ(Prune(kNothing), 0);
  EXPECT_EQ(ReadLog({lease.id, {}, 0, 100})->bytes, "log");
}

TEST_P(StorePruning, KeepsTheLastFailureOfAProbeThatIsNotPublished) {
  JobId const first = Failed(1);
  JobId const second = Failed(1);
  Enqueue(JobFor(2));
  EXPECT_EQ(Prune(kNothing), 1);
  EXPECT_EQ(Get(second).state, JobState::kFailed);
  EXPECT_THAT(Left(), testing::Not(testing::Contains(first)));
  EXPECT_THAT(Know(JobFor(1).probe).failed, testing::SizeIs(1));
}

TEST_P(StorePruning, AFailureThatWasOvercomeIsForgotten) {
  Failed(1);
  PublishOne(JobFor(1), "a");
  Enqueue(JobFor(2));
  EXPECT_EQ(Prune(kNothing), 1);
}

TEST_P(StorePruning, LeavesABackfillWithTheJobsThatAreLeft) {
  auto const backfill =
      Await<BackfillId>([&](auto done) { store().CreateBackfill("b", std::move(done)); });
  ASSERT_OK_AND_ASSIGN(auto const jobs, EnqueueBatchOf({{JobFor(1), JobFor(2)}, "", *backfill}));
  ASSERT_OK(OnJob(jobs[0]->id, job_event::Cancel{}));
  Enqueue(JobFor(3));
  EXPECT_EQ(Prune(kNothing), 1);
  ASSERT_OK_AND_ASSIGN(auto const progress, Await<BackfillProgress>([&](auto done) {
                         store().GetBackfill(*backfill, std::move(done));
                       }));
  EXPECT_EQ(progress.counts.at(JobState::kQueued), 1);
  EXPECT_FALSE(progress.counts.contains(JobState::kCancelled));
}

INSTANTIATE_TEST_SUITE_P(Contract, StoreChanges, testing::ValuesIn(ImplementationsUnderTest()),
                         &NameOf);
INSTANTIATE_TEST_SUITE_P(Contract, StorePruning, testing::ValuesIn(ImplementationsUnderTest()),
                         &NameOf);

}  // namespace
}  // namespace probefarm
