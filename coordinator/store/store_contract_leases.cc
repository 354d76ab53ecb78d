#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "absl/strings/str_cat.h"
#include "coordinator/store/await.h"
#include "coordinator/store/store_contract.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreLeases : public StoreContract {};

std::vector<JobId> IdsOf(std::vector<GrantedLease> const& leases) {
  std::vector<JobId> ids;
  ids.reserve(leases.size());
  for (GrantedLease const& lease : leases) ids.push_back(lease.job.id);
  return ids;
}

TEST_P(StoreLeases, AGrantCarriesTheSpecAndANewEpoch) {
  JobId const id = Enqueue(JobFor(1));
  std::string const session = OpenFor("w1");
  ASSERT_OK_AND_ASSIGN(auto const leases, Acquire(session, "r1"));
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].spec, "{\"number\":1}\n");
  EXPECT_EQ(leases[0].job.id, id);
  EXPECT_EQ(leases[0].job.state, JobState::kLeased);
  EXPECT_EQ(leases[0].job.epoch, 1);
  EXPECT_EQ(leases[0].job.worker, "w1");
  EXPECT_EQ(leases[0].job.session, session);
  EXPECT_EQ(leases[0].job.run_deadline, clock_.Now() + absl::Hours(1));
}

TEST_P(StoreLeases, GrantsAsManyAsAreAskedForAndThereAre) {
  for (int i = 0; i < 3; ++i) Enqueue(JobFor(i));
  std::string const session = OpenFor("w1");
  ASSERT_OK_AND_ASSIGN(auto const none, Acquire(session, "r0", 0));
  EXPECT_THAT(none, IsEmpty());
  ASSERT_OK_AND_ASSIGN(auto const two, Acquire(session, "r1", 2));
  EXPECT_THAT(two, SizeIs(2));
  ASSERT_OK_AND_ASSIGN(auto const rest, Acquire(session, "r2", 2));
  EXPECT_THAT(rest, SizeIs(1));
}

TEST_P(StoreLeases, TheSameRequestIdReplaysTheSameLeases) {
  for (int i = 0; i < 4; ++i) Enqueue(JobFor(i));
  std::string const session = OpenFor("w1");
  ASSERT_OK_AND_ASSIGN(auto const first, Acquire(session, "r1", 2));
  Restart();
  ASSERT_OK_AND_ASSIGN(auto const again, Acquire(session, "r1", 2));
  EXPECT_EQ(IdsOf(again), IdsOf(first));
  EXPECT_EQ(again[0].job.epoch, first[0].job.epoch);
  EXPECT_EQ(again[0].spec, first[0].spec);
  ASSERT_OK_AND_ASSIGN(auto const other, Acquire(session, "r2", 2));
  EXPECT_THAT(other, SizeIs(2));
  ASSERT_OK(OnLease(first[0].job, job_event::PermanentFailure{{"compiler_error", "no"}}));
  ASSERT_OK_AND_ASSIGN(auto const held, Acquire(session, "r1", 2));
  EXPECT_THAT(IdsOf(held), ElementsAre(first[1].job.id));
}

TEST_P(StoreLeases, AReplayIsForItsOwnSessionOnly) {
  Enqueue(JobFor(1));
  ASSERT_OK(Acquire(OpenFor("w1"), "r1"));
  ASSERT_OK_AND_ASSIGN(auto const other, Acquire(OpenFor("w2"), "r1"));
  EXPECT_THAT(other, IsEmpty());
}

TEST_P(StoreLeases, RefusesARequestWithoutIdAndANegativeNumber) {
  std::string const session = OpenFor("w1");
  EXPECT_THAT(Acquire(session, ""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Acquire(session, "r1", -1), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(StoreLeases, NewKernelsGoBeforeTheBackfill) {
  JobId const old_kernel = Enqueue(JobFor(1));
  NewJob fresh = JobFor(2);
  fresh.lane = Lane::kNewKernels;
  JobId const new_kernel = Enqueue(fresh);
  ASSERT_OK_AND_ASSIGN(auto const leases, Acquire(OpenFor("w1"), "r1", 2));
  EXPECT_THAT(IdsOf(leases), ElementsAre(new_kernel, old_kernel));
}

TEST_P(StoreLeases, ABackfillDoesNotStarve) {
  JobId const old_kernel = Enqueue(JobFor(0));
  for (int i = 1; i <= policy_.backfill_patience + 5; ++i) {
    NewJob fresh = JobFor(i);
    fresh.lane = Lane::kNewKernels;
    Enqueue(fresh);
  }
  std::string const session = OpenFor("w1");
  for (int i = 0; i < policy_.backfill_patience; ++i) {
    EXPECT_NE(AcquireOne(session).id, old_kernel);
  }
  EXPECT_EQ(AcquireOne(session).id, old_kernel);
}

TEST_P(StoreLeases, DriverVersionsTakeTurnsAndEachKeepsItsOrder) {
  JobId const a1 = Enqueue(JobFor(1, "7.0.0+driver"));
  JobId const a2 = Enqueue(JobFor(2, "7.0.0+driver"));
  JobId const b1 = Enqueue(JobFor(1, "8.0.0+driver"));
  JobId const b2 = Enqueue(JobFor(2, "8.0.0+driver"));
  std::string const session = OpenFor("w1");
  std::vector<JobId> order;
  order.reserve(4);
  for (int i = 0; i < 4; ++i) order.push_back(AcquireOne(session).id);
  EXPECT_THAT(order, ElementsAre(a1, b1, a2, b2));
}

TEST_P(StoreLeases, AReportFromAStaleEpochOrSessionChangesNothing) {
  JobId const id = Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w1"));
  Job stale = lease;
  stale.epoch = 0;
  EXPECT_THAT(OnLease(stale, job_event::ReportArtifact{{"a", 1}}),
              StatusIs(absl::StatusCode::kAborted));
  stale = lease;
  stale.session = "w2-1";
  EXPECT_THAT(OnLease(stale, job_event::ReportArtifact{{"a", 1}}),
              StatusIs(absl::StatusCode::kAborted));
  stale = lease;
  stale.id = 99;
  EXPECT_THAT(OnLease(stale, job_event::ReportArtifact{{"a", 1}}),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(Get(id).state, JobState::kLeased);
}

TEST_P(StoreLeases, AFinalReportThatIsRepeatedIsOk) {
  JobId const id = Enqueue(JobFor(1));
  OpenFor("w2");
  Job const lease = AcquireOne(OpenFor("w1"));
  job_event::PermanentFailure const failure{{"compiler_error", "no such member"}};
  ASSERT_OK(OnLease(lease, failure));
  ASSERT_OK_AND_ASSIGN(Job const again, OnLease(lease, failure));
  EXPECT_EQ(again.state, JobState::kFailed);
  EXPECT_EQ(Get(id).reason, failure.reason);
  EXPECT_THAT(OnLease(lease, job_event::TransientFailure{{"disk", "full"}}),
              StatusIs(absl::StatusCode::kAborted))
      << "another outcome is no repetition";
  Job other = lease;
  other.session = "w2-1";
  EXPECT_THAT(OnLease(other, failure), StatusIs(absl::StatusCode::kAborted));
}

TEST_P(StoreLeases, ATransientFailureOrReleaseThatIsRepeatedCountsOnce) {
  JobId const id = Enqueue(JobFor(1));
  std::string const session = OpenFor("w1");
  Job lease = AcquireOne(session);
  job_event::TransientFailure const failure{{"network", "reset"}};
  ASSERT_OK(OnLease(lease, failure));
  ASSERT_OK(OnLease(lease, failure));
  EXPECT_EQ(Get(id).attempts, 1);
  clock_.Advance(absl::Minutes(10));
  lease = AcquireOne(session);
  job_event::Release const release{{"draining", "the worker drains"}};
  ASSERT_OK(OnLease(lease, release));
  ASSERT_OK(OnLease(lease, release));
  EXPECT_EQ(Get(id).free_requeues, 1);
}

TEST_P(StoreLeases, TheSameArtifactMayBeReportedInEveryLaterState) {
  JobId const id = Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w1"));
  job_event::ReportArtifact const report{{"a", 7}};
  ASSERT_OK(OnLease(lease, report));
  EXPECT_OK(OnLease(lease, report));
  EXPECT_THAT(OnLease(lease, job_event::ReportArtifact{{"b", 7}}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("a")));
  ASSERT_OK(OnLease(lease, job_event::GrantUpload{}));
  EXPECT_OK(OnLease(lease, report));
  ASSERT_OK(OnLease(lease, job_event::UploadArrived{}));
  EXPECT_OK(OnLease(lease, report));
  EXPECT_OK(OnLease(lease, job_event::UploadArrived{}));
  ASSERT_OK(Publish(id, AssetOf(Get(id))));
  ASSERT_OK_AND_ASSIGN(Job const published, OnLease(lease, report));
  EXPECT_EQ(published.state, JobState::kPublished);
}

TEST_P(StoreLeases, AnAcknowledgedDigestOutlivesARestart) {
  JobId const id = Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w1"));
  ASSERT_OK(OnLease(lease, job_event::ReportArtifact{{"a", 7}}));
  Restart();
  EXPECT_EQ(Get(id).state, JobState::kBuilt);
  EXPECT_EQ(Get(id).artifact, (Artifact{"a", 7}));
  EXPECT_EQ(Get(id).run_deadline, absl::InfiniteFuture());
  EXPECT_OK(OnLease(lease, job_event::GrantUpload{}));
}

TEST_P(StoreLeases, GrantAndVerifiedHaveCallsOfTheirOwn) {
  JobId const id = Enqueue(JobFor(1));
  EXPECT_THAT(OnJob(id, job_event::Grant{}), StatusIs(absl::StatusCode::kInvalidArgument));
  Job const lease = AcquireOne(OpenFor("w1"));
  EXPECT_THAT(OnLease(lease, job_event::Verified{}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(StoreLeases, AJobThatFailedForNowWaitsForItsBackoff) {
  JobId const id = Enqueue(JobFor(1));
  std::string const session = OpenFor("w1");
  ASSERT_OK(OnLease(AcquireOne(session), job_event::TransientFailure{{"network", "reset"}}));
  Job const waiting = Get(id);
  EXPECT_EQ(waiting.state, JobState::kQueued);
  ASSERT_GT(waiting.not_before, clock_.Now());
  ASSERT_OK_AND_ASSIGN(auto const early, Acquire(session, "early"));
  EXPECT_THAT(early, IsEmpty());
  Restart();
  clock_.Advance(waiting.not_before - clock_.Now() + absl::Microseconds(1));
  EXPECT_EQ(AcquireOne(session).id, id);
}

TEST_P(StoreLeases, EachGrantHasAGreaterEpochAndAttemptsEnd) {
  JobId const id = Enqueue(JobFor(1));
  std::string const session = OpenFor("w1");
  for (int run = 1; run <= policy_.attempts.max_attempts; ++run) {
    Job const lease = AcquireOne(session);
    EXPECT_EQ(lease.epoch, run);
    ASSERT_OK(OnLease(lease, job_event::TransientFailure{{"network", "reset"}}));
    clock_.Advance(absl::Minutes(10));
  }
  EXPECT_EQ(Get(id).state, JobState::kDead);
  EXPECT_EQ(Get(id).attempts, policy_.attempts.max_attempts);
  EXPECT_EQ(Get(id).reason.code, "network");
}

TEST_P(StoreLeases, AJobThatIsLostOnTwoWorkersIsPoison) {
  JobId const id = Enqueue(JobFor(1));
  for (std::string const worker : {"w1", "w2"}) {
    AcquireOne(OpenFor(worker));
    clock_.Advance(2 * kTtl);
    ASSERT_OK(Expire());
    clock_.Advance(absl::Minutes(10));
  }
  EXPECT_EQ(Get(id).state, JobState::kDead);
  EXPECT_EQ(Get(id).reason.code, "poison");
}

INSTANTIATE_TEST_SUITE_P(Contract, StoreLeases, testing::ValuesIn(ImplementationsUnderTest()),
                         &NameOf);

TEST_P(StoreLeases, APausedFarmGrantsNothingNewThoughTheStoreRestarts) {
  Enqueue(JobFor(1));
  Enqueue(JobFor(2));
  OpenFor("w1");
  ASSERT_OK_AND_ASSIGN(auto const before, Acquire("w1-1", "before"));
  ASSERT_THAT(before, SizeIs(1));
  ASSERT_OK(SetPaused(true));
  Restart();
  ASSERT_OK_AND_ASSIGN(auto const replayed, Acquire("w1-1", "before"));
  EXPECT_THAT(replayed, SizeIs(1));
  ASSERT_OK_AND_ASSIGN(auto const nothing, Acquire("w1-1", "after"));
  EXPECT_THAT(nothing, IsEmpty());
  EXPECT_TRUE(GetControls().paused);
  ASSERT_OK(OnLease(before[0].job, job_event::ReportArtifact{{std::string(64, 'a'), 1}}));

  std::atomic<int> eligible = 0;
  store().SetQueueListener([&](int count) { eligible += count; });
  ASSERT_OK(SetPaused(false));
  ASSERT_OK_AND_ASSIGN(auto const after, Acquire("w1-1", "after"));
  EXPECT_THAT(after, SizeIs(1));
  EXPECT_EQ(eligible, 1);
  store().SetQueueListener([](int) {});
}

TEST_P(StoreLeases, NothingIsGrantedOfWhatIsHeldBack) {
  JobId const first = Enqueue(JobFor(1));
  NewJob other = JobFor(2);
  other.probe.driver_version = "7.9.9+driver";
  JobId const second = Enqueue(other);
  OpenFor("w1");
  auto const hold_back = [&](HeldBack held_back) {
    return Await<bool>([&](auto done) { store().HoldBack(std::move(held_back), std::move(done)); })
        .status();
  };
  ASSERT_OK(hold_back([&](std::string const& version, Arch arch) {
    return version == JobFor(1).probe.driver_version && arch == Arch::kX86_64;
  }));
  ASSERT_OK_AND_ASSIGN(auto const granted, Acquire("w1-1", "a", 2));
  ASSERT_THAT(granted, SizeIs(1));
  EXPECT_EQ(granted[0].job.id, second);

  std::atomic<int> eligible = 0;
  store().SetQueueListener([&](int count) { eligible += count; });
  ASSERT_OK(hold_back(nullptr));
  ASSERT_OK_AND_ASSIGN(auto const later, Acquire("w1-1", "b", 2));
  ASSERT_THAT(later, SizeIs(1));
  EXPECT_EQ(later[0].job.id, first);
  EXPECT_EQ(eligible, 1);
  store().SetQueueListener([](int) {});
}

TEST_P(StoreLeases, ADrainedWorkerIsGrantedNothingInAnySession) {
  Enqueue(JobFor(1));
  OpenFor("w1");
  ASSERT_OK(SetDrained("w1", true));
  EXPECT_THAT(GetControls().drained, ElementsAre("w1"));
  ASSERT_OK_AND_ASSIGN(auto const told, Heartbeat("w1-1"));
  EXPECT_TRUE(told.drain);
  OpenFor("w1", "-2");
  ASSERT_OK_AND_ASSIGN(auto const nothing, Acquire("w1-2", "r"));
  EXPECT_THAT(nothing, IsEmpty());
  OpenFor("w2");
  ASSERT_OK_AND_ASSIGN(auto const other, Heartbeat("w2-1"));
  EXPECT_FALSE(other.drain);

  ASSERT_OK(SetDrained("w1", false));
  ASSERT_OK_AND_ASSIGN(auto const lease, Acquire("w1-2", "r"));
  EXPECT_THAT(lease, SizeIs(1));
  EXPECT_THAT(SetDrained("nobody", true),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("nobody")));
}

}  // namespace
}  // namespace probefarm
