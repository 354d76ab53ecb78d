#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/store/await.h"
#include "coordinator/store/store_contract.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class StoreBackfills : public StoreContract {
 protected:
  BackfillId Create(std::string description) {
    auto const id = Await<BackfillId>(
        [&](auto done) { store().CreateBackfill(std::move(description), std::move(done)); });
    EXPECT_OK(id);
    return id.value_or(0);
  }
  absl::StatusOr<BackfillProgress> Progress(BackfillId id) {
    return Await<BackfillProgress>([&](auto done) { store().GetBackfill(id, std::move(done)); });
  }
};

TEST_P(StoreBackfills, CountsItsJobsByStateJoinedOnesToo) {
  JobId const before = Enqueue(JobFor(1));
  BackfillId const backfill = Create("all of bookworm");
  ASSERT_OK(EnqueueBatchOf({{JobFor(1), JobFor(2)}, "", backfill}));
  ASSERT_OK(EnqueueBatchOf({{JobFor(2)}, "", backfill}));
  Enqueue(JobFor(3));
  ASSERT_OK(OnJob(before, job_event::Cancel{}));
  Restart();
  ASSERT_OK_AND_ASSIGN(BackfillProgress const progress, Progress(backfill));
  EXPECT_EQ(progress.id, backfill);
  EXPECT_EQ(progress.description, "all of bookworm");
  EXPECT_THAT(progress.counts,
              UnorderedElementsAre(Pair(JobState::kCancelled, 1), Pair(JobState::kQueued, 1)));
  ASSERT_OK_AND_ASSIGN(JobPage const jobs, List({.backfill = backfill}));
  EXPECT_THAT(jobs.jobs, SizeIs(2));
}

TEST_P(StoreBackfills, HasNoJobsToBeginWith) {
  BackfillId const backfill = Create("");
  EXPECT_NE(backfill, Create(""));
  ASSERT_OK_AND_ASSIGN(BackfillProgress const progress, Progress(backfill));
  EXPECT_THAT(progress.counts, IsEmpty());
  EXPECT_EQ(progress.stale_releases, 0);
}

TEST_P(StoreBackfills, WaitsForTheSideFilesOfItsOwnReleases) {
  BackfillId const backfill = Create("");
  ASSERT_OK(EnqueueBatchOf({{JobFor(1), JobFor(2)}, "", backfill}));
  PublishOne(JobFor(1), "aa");
  PublishOne(JobFor(2), "bb");
  PublishOne(JobFor(3, "7.0.0+driver"), "cc");
  EXPECT_EQ(Progress(backfill)->stale_releases, 1);
  for (StaleRelease const& release : Stale()) {
    if (release.release.tag == "7.0.0+driver/x86_64") continue;
    ASSERT_OK(Await<bool>([&](auto done) {
      store().SideFilesWritten(release.release, release.revision, std::move(done));
    }));
  }
  EXPECT_THAT(Stale(), SizeIs(1));
  EXPECT_EQ(Progress(backfill)->stale_releases, 0);
}

TEST_P(StoreBackfills, OneThatIsNotThereIsNotFound) {
  EXPECT_THAT(Progress(99), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(EnqueueBatchOf({{JobFor(1)}, "", 99}), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_OK_AND_ASSIGN(JobPage const jobs, List({}));
  EXPECT_THAT(jobs.jobs, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Contract, StoreBackfills, testing::ValuesIn(ImplementationsUnderTest()),
                         &NameOf);

}  // namespace
}  // namespace probefarm
