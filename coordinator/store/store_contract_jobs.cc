#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "coordinator/store/await.h"
#include "coordinator/store/store_contract.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class StoreJobs : public StoreContract {};

std::vector<JobId> IdsOf(JobPage const& page) {
  std::vector<JobId> ids;
  for (Job const& job : page.jobs) ids.push_back(job.id);
  return ids;
}

TEST_P(StoreJobs, AnAcknowledgedJobOutlivesARestartWithEveryField) {
  NewJob job = JobFor(1);
  job.lane = Lane::kNewKernels;
  JobId const id = Enqueue(job);
  Restart();
  Job const kept = Get(id);
  EXPECT_EQ(kept.probe, job.probe);
  EXPECT_EQ(kept.file_name, job.file_name);
  EXPECT_EQ(kept.fingerprint, job.fingerprint);
  EXPECT_EQ(kept.requirements, job.requirements);
  EXPECT_EQ(kept.lane, Lane::kNewKernels);
  EXPECT_EQ(kept.state, JobState::kQueued);
  EXPECT_EQ(kept.epoch, 0);
  EXPECT_EQ(kept.session, "");
  EXPECT_EQ(kept.created_at, clock_.Now());
  EXPECT_EQ(kept.run_deadline, absl::InfiniteFuture());
  EXPECT_FALSE(kept.artifact);
  auto const spec = Await<std::string>([&](auto done) { store().GetSpec(id, std::move(done)); });
  ASSERT_OK(spec);
  EXPECT_EQ(*spec, job.spec);
}

TEST_P(StoreJobs, WhatIsNotThereIsNotFound) {
  auto const job = Await<Job>([&](auto done) { store().GetJob(7, std::move(done)); });
  EXPECT_THAT(job, StatusIs(absl::StatusCode::kNotFound, HasSubstr("7")));
  auto const spec = Await<std::string>([&](auto done) { store().GetSpec(7, std::move(done)); });
  EXPECT_THAT(spec, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(OnJob(7, job_event::Cancel{}), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreJobs, AnUnfinishedJobForTheProbeIsJoined) {
  JobId const first = Enqueue(JobFor(1));
  ASSERT_OK_AND_ASSIGN(auto const again,
                       EnqueueBatchOf({{JobFor(1), JobFor(2), JobFor(2)}, "", {}}));
  ASSERT_THAT(again, SizeIs(3));
  EXPECT_EQ(again[0]->id, first);
  EXPECT_TRUE(again[0]->joined);
  EXPECT_FALSE(again[1]->joined);
  EXPECT_EQ(again[2]->id, again[1]->id);
  EXPECT_TRUE(again[2]->joined);
}

TEST_P(StoreJobs, AFinishedJobIsNotJoined) {
  JobId const first = Enqueue(JobFor(1));
  ASSERT_OK(OnJob(first, job_event::Cancel{}));
  EXPECT_NE(Enqueue(JobFor(1)), first);
}

TEST_P(StoreJobs, ABadEntryHarmsNoOther) {
  NewJob bad = JobFor(1);
  bad.probe.driver_version = "no/slashes";
  NewJob empty = JobFor(2);
  empty.spec.clear();
  ASSERT_OK_AND_ASSIGN(auto const answers,
                       EnqueueBatchOf({{JobFor(3), bad, empty, JobFor(4)}, "", {}}));
  ASSERT_THAT(answers, SizeIs(4));
  EXPECT_OK(answers[0]);
  EXPECT_THAT(answers[1], StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no/slashes")));
  EXPECT_THAT(answers[2], StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("spec")));
  EXPECT_OK(answers[3]);
  ASSERT_OK_AND_ASSIGN(JobPage const page, List({}));
  EXPECT_THAT(page.jobs, SizeIs(2));
}

TEST_P(StoreJobs, AnEntryThatCouldNotBePlannedIsAnsweredWithItsError) {
  EnqueueBatch batch;
  batch.jobs = {absl::NotFoundError("no such kernel"), JobFor(1)};
  batch.idempotency_key = "key";
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_AND_ASSIGN(auto const answers, EnqueueBatchOf(batch));
    ASSERT_THAT(answers, SizeIs(2));
    EXPECT_THAT(answers[0], StatusIs(absl::StatusCode::kNotFound, "no such kernel"));
    EXPECT_OK(answers[1]);
    batch.jobs[0] = JobFor(2);  // the key's answer stays what it was
  }
}

TEST_P(StoreJobs, TheSameIdempotencyKeyAnswersTheSame) {
  NewJob bad = JobFor(2);
  bad.spec.clear();
  ASSERT_OK_AND_ASSIGN(auto const first, EnqueueBatchOf({{JobFor(1), bad}, "key", {}}));
  ASSERT_OK(OnJob(first[0]->id, job_event::Cancel{}));
  Restart();
  ASSERT_OK_AND_ASSIGN(auto const again, EnqueueBatchOf({{JobFor(1), bad}, "key", {}}));
  ASSERT_THAT(again, SizeIs(2));
  EXPECT_EQ(again[0]->id, first[0]->id);
  EXPECT_FALSE(again[0]->joined);
  EXPECT_EQ(again[1].status(), first[1].status());
  ASSERT_OK_AND_ASSIGN(auto const other, EnqueueBatchOf({{JobFor(1)}, "other key", {}}));
  EXPECT_NE(other[0]->id, first[0]->id);
}

TEST_P(StoreJobs, AnEventInTheWrongStateIsRefused) {
  JobId const id = Enqueue(JobFor(1));
  EXPECT_THAT(OnJob(id, job_event::UploadArrived{}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("queued")));
  EXPECT_EQ(Get(id).state, JobState::kQueued);
}

TEST_P(StoreJobs, AnEventForAnotherEpochIsRefused) {
  JobId const id = Enqueue(JobFor(1));
  AcquireOne(OpenFor("w1"));
  EXPECT_THAT(OnJob(id, job_event::Cancel{}, 0), StatusIs(absl::StatusCode::kAborted));
  EXPECT_OK(OnJob(id, job_event::Cancel{}, 1));
}

TEST_P(StoreJobs, CancelComesTooLateForAnUpload) {
  JobId const id = Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w1"));
  ASSERT_OK(OnLease(lease, job_event::ReportArtifact{{"a", 7}}));
  ASSERT_OK(OnLease(lease, job_event::GrantUpload{}));
  EXPECT_THAT(OnJob(id, job_event::Cancel{}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("uploading")));
}

TEST_P(StoreJobs, ACancelledJobTakesNothingMoreFromItsWorker) {
  JobId const id = Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w1"));
  ASSERT_OK(OnJob(id, job_event::Cancel{}));
  EXPECT_THAT(OnLease(lease, job_event::ReportArtifact{{"a", 7}}),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(Append(lease, 0, "late"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(Get(id).state, JobState::kCancelled);
}

TEST_P(StoreJobs, RetryQueuesAFinishedJobAgain) {
  JobId const id = Enqueue(JobFor(1));
  std::string const session = OpenFor("w1");
  ASSERT_OK(OnLease(AcquireOne(session), job_event::PermanentFailure{{"compiler_error", "no"}}));
  ASSERT_OK(OnJob(id, job_event::Retry{}));
  Job const lease = AcquireOne(session);
  EXPECT_EQ(lease.id, id);
  EXPECT_EQ(lease.epoch, 2);
  EXPECT_EQ(lease.attempts, 1);
}

TEST_P(StoreJobs, RetryIsRefusedWhileAnotherJobForTheProbeIsUnfinished) {
  JobId const old = Enqueue(JobFor(1));
  ASSERT_OK(OnJob(old, job_event::Cancel{}));
  JobId const present = Enqueue(JobFor(1));
  EXPECT_THAT(OnJob(old, job_event::Retry{}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(absl::StrCat(present))));
  EXPECT_EQ(Get(old).state, JobState::kCancelled);
}

TEST_P(StoreJobs, FiltersByEveryFieldThatIsSet) {
  JobId const plain = Enqueue(JobFor(1));
  JobId const other_driver = Enqueue(JobFor(2, "7.0.0+driver"));
  NewJob probe = JobFor(3);
  probe.probe.kind = Kind::kBpf;
  probe.probe.target = "ubuntu-generic";
  probe.probe.arch = probe.requirements.arch = Arch::kAarch64;
  JobId const bpf = Enqueue(probe);
  ASSERT_OK(OnJob(plain, job_event::Cancel{}));

  auto const ids = [&](JobFilter const& filter) { return IdsOf(*List(filter)); };
  EXPECT_THAT(ids({}), ElementsAre(bpf, other_driver, plain)) << "newest first";
  EXPECT_THAT(ids({.driver_version = "7.0.0+driver"}), ElementsAre(other_driver));
  EXPECT_THAT(ids({.target = "ubuntu-generic"}), ElementsAre(bpf));
  EXPECT_THAT(ids({.kind = Kind::kBpf}), ElementsAre(bpf));
  EXPECT_THAT(ids({.arch = Arch::kX86_64}), ElementsAre(other_driver, plain));
  EXPECT_THAT(ids({.states = {JobState::kCancelled, JobState::kDead}}), ElementsAre(plain));
  EXPECT_THAT(ids({.kernel_regex = "0-[13]-"}), ElementsAre(bpf, plain));
  EXPECT_THAT(ids({.states = {JobState::kQueued}, .kernel_regex = "0-[13]-"}), ElementsAre(bpf));
  EXPECT_THAT(ids({.backfill = 99}), IsEmpty());
  ASSERT_OK_AND_ASSIGN(JobCounts const counts, Count({.kernel_regex = "6\\.1"}));
  EXPECT_THAT(counts,
              UnorderedElementsAre(Pair(JobState::kQueued, 2), Pair(JobState::kCancelled, 1)));
}

TEST_P(StoreJobs, ARegularExpressionThatDoesNotCompileIsAnError) {
  Enqueue(JobFor(1));
  EXPECT_THAT(List({.kernel_regex = "("}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Count({.kernel_regex = "("}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(StoreJobs, PagesAreFullAndComplete) {
  for (int i = 0; i < 20; ++i) Enqueue(JobFor(i));
  JobFilter const odd{.kernel_regex = "[13579]-amd64"};
  std::vector<JobId> seen;
  std::vector<size_t> sizes;
  std::string cursor;
  do {
    ASSERT_OK_AND_ASSIGN(JobPage const page, List(odd, {4, cursor}));
    for (JobId const id : IdsOf(page)) seen.push_back(id);
    sizes.push_back(page.jobs.size());
    cursor = page.next_cursor;
  } while (!cursor.empty());
  EXPECT_THAT(sizes, ElementsAre(4, 4, 2));
  EXPECT_THAT(std::set<JobId>(seen.begin(), seen.end()), SizeIs(10));
}

TEST_P(StoreJobs, AFullLastPageHasNoNext) {
  for (int i = 0; i < 4; ++i) Enqueue(JobFor(i));
  ASSERT_OK_AND_ASSIGN(JobPage const page, List({}, {4, ""}));
  EXPECT_EQ(page.next_cursor, "");
}

TEST_P(StoreJobs, PagesAreStableWhileJobsComeAndChange) {
  for (int i = 0; i < 6; ++i) Enqueue(JobFor(i));
  ASSERT_OK_AND_ASSIGN(JobPage const first, List({}, {3, ""}));
  Enqueue(JobFor(7));
  ASSERT_OK(OnJob(first.jobs[0].id, job_event::Cancel{}));
  ASSERT_OK_AND_ASSIGN(JobPage const second, List({}, {3, first.next_cursor}));
  EXPECT_THAT(IdsOf(second),
              ElementsAre(first.jobs[2].id - 1, first.jobs[2].id - 2, first.jobs[2].id - 3));
}

TEST_P(StoreJobs, RefusesWhatIsNoPage) {
  EXPECT_THAT(List({}, {10, "soon"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("soon")));
  EXPECT_THAT(List({}, {0, ""}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(StoreJobs, KnowsWhatIsUnfinishedAndWhatFailedWithWhichInputs) {
  NewJob const job = JobFor(1);
  EXPECT_FALSE(Know(job.probe).unfinished);
  JobId const id = Enqueue(job);
  EXPECT_EQ(Know(job.probe).unfinished, id);
  ASSERT_OK(
      OnLease(AcquireOne(OpenFor("w1")), job_event::PermanentFailure{{"compiler_error", ""}}));
  ProbeKnowledge const known = Know(job.probe);
  EXPECT_FALSE(known.unfinished);
  EXPECT_FALSE(known.published);
  EXPECT_EQ(known.sha256, "");
  EXPECT_THAT(known.failed, ElementsAre(FailedBuild{job.fingerprint, "compiler_error",
                                                    job.requirements.memory_bytes, job.run_limit}));
  EXPECT_THAT(Know(JobFor(2).probe).failed, IsEmpty());
}

TEST_P(StoreJobs, TheListenerHearsOfEveryWayIntoTheQueue) {
  int heard = 0;
  store().SetQueueListener([&](int jobs) { heard += jobs; });
  auto const heard_now = [&] {
    // The listener runs after the answer, so a second answer of the same thread comes after it.
    EXPECT_OK(Expire());
    return std::exchange(heard, 0);
  };
  ASSERT_OK(EnqueueBatchOf({{JobFor(1), JobFor(2), JobFor(1)}, "", {}}));
  EXPECT_EQ(heard_now(), 2);
  std::string const session = OpenFor("w1");
  ASSERT_OK(OnLease(AcquireOne(session), job_event::TransientFailure{{"network", ""}}));
  EXPECT_EQ(heard_now(), 0) << "its backoff has not passed";
  ASSERT_OK(Heartbeat(session));
  clock_.Advance(policy_.attempts.backoff.Ceiling(1));
  ASSERT_OK(Heartbeat(session));
  ASSERT_OK(Expire());
  EXPECT_EQ(heard_now(), 1);
  JobId const id = Enqueue(JobFor(3));
  ASSERT_OK(OnJob(id, job_event::Cancel{}));
  ASSERT_OK(OnJob(id, job_event::Retry{}));
  EXPECT_EQ(heard_now(), 2);
  store().SetQueueListener(nullptr);
}

INSTANTIATE_TEST_SUITE_P(Contract, StoreJobs, testing::ValuesIn(ImplementationsUnderTest()),
                         &NameOf);

TEST_P(StoreJobs, CountsWhatWaitsAheadInTheSameLane) {
  JobId const first = Enqueue(JobFor(1));
  NewJob other = JobFor(2);
  other.lane = Lane::kNewKernels;
  Enqueue(other);
  JobId const third = Enqueue(JobFor(3));
  JobId const last = Enqueue(JobFor(4));
  auto const ahead = [this](JobId job) { return CountAhead(job).value_or(-1); };
  EXPECT_EQ(ahead(first), 0);
  EXPECT_EQ(ahead(last), 2);
  EXPECT_OK(OnJob(third, job_event::Cancel{}));
  EXPECT_EQ(ahead(last), 1);
  EXPECT_THAT(CountAhead(99), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace probefarm
