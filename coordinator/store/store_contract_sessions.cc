#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/store/await.h"
#include "coordinator/store/store_contract.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class StoreSessions : public StoreContract {};

TEST_P(StoreSessions, AnUnknownSessionIsToldToReopen) {
  EXPECT_THAT(Heartbeat("nobody"), StatusIs(absl::StatusCode::kAborted, StartsWith("reopen")));
  EXPECT_THAT(Acquire("nobody", "r1"), StatusIs(absl::StatusCode::kAborted, StartsWith("reopen")));
}

TEST_P(StoreSessions, ALaterSessionOfTheWorkerVoidsTheEarlier) {
  std::string const first = OpenFor("w1", "-1");
  std::string const second = OpenFor("w1", "-2");
  EXPECT_THAT(Heartbeat(first), StatusIs(absl::StatusCode::kAborted, StartsWith("void")));
  EXPECT_THAT(Acquire(first, "r1"), StatusIs(absl::StatusCode::kAborted, StartsWith("void")));
  EXPECT_OK(Heartbeat(second));
}

TEST_P(StoreSessions, AVoidSessionIsStillVoidAfterARestart) {
  std::string const first = OpenFor("w1", "-1");
  OpenFor("w1", "-2");
  Restart();
  EXPECT_THAT(Heartbeat(first), StatusIs(absl::StatusCode::kAborted, StartsWith("void")));
}

TEST_P(StoreSessions, RefusesASessionThatIsOpenOrHasNoName) {
  OpenFor("w1");
  EXPECT_THAT(Open({"w1-1", "w2", {}, 1, {}}), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(Open({"", "w2", {}, 1, {}}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Open({"s", "two\nlines", {}, 1, {}}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Open({"s", "w2", {}, -1, {}}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(StoreSessions, HeldLeasesAreBoundToTheNewSession) {
  JobId const id = Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w1", "-1"));
  ASSERT_OK_AND_ASSIGN(OpenedSession const opened, Open({"w1-2", "w1", {}, 1, {KeyOf(lease)}}));
  EXPECT_THAT(opened.verdicts, ElementsAre(LeaseVerdict::kContinue));
  EXPECT_EQ(Get(id).session, "w1-2");
  EXPECT_EQ(Get(id).epoch, lease.epoch);
  EXPECT_THAT(OnLease(lease, job_event::Release{}), StatusIs(absl::StatusCode::kAborted));
  EXPECT_OK(OnLease(Get(id), job_event::ReportArtifact{{"a", 1}}));
}

TEST_P(StoreSessions, LeasesThatTheWorkerLostAreReleasedUncounted) {
  JobId const id = Enqueue(JobFor(1));
  AcquireOne(OpenFor("w1", "-1"));
  OpenFor("w1", "-2");
  Job const job = Get(id);
  EXPECT_EQ(job.state, JobState::kQueued);
  EXPECT_EQ(job.attempts, 0);
  EXPECT_EQ(job.free_requeues, 1);
}

TEST_P(StoreSessions, ALeaseOfAnotherWorkerOrEpochIsAbandoned) {
  JobId const id = Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w1"));
  ASSERT_OK_AND_ASSIGN(OpenedSession const other, Open({"w2-1", "w2", {}, 1, {KeyOf(lease)}}));
  EXPECT_THAT(other.verdicts, ElementsAre(LeaseVerdict::kAbandon));
  EXPECT_EQ(Get(id).session, "w1-1");
  ASSERT_OK_AND_ASSIGN(HeartbeatAnswer const stale, Heartbeat("w1-1", {{id, lease.epoch + 1}}));
  EXPECT_THAT(stale.verdicts, ElementsAre(LeaseVerdict::kAbandon));
}

TEST_P(StoreSessions, TheVerdictOnACancelledJobIsCancel) {
  JobId const id = Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w1"));
  ASSERT_OK(OnJob(id, job_event::Cancel{}));
  ASSERT_OK_AND_ASSIGN(HeartbeatAnswer const answer, Heartbeat("w1-1", {KeyOf(lease)}));
  EXPECT_THAT(answer.verdicts, ElementsAre(LeaseVerdict::kCancel));
  ASSERT_OK_AND_ASSIGN(OpenedSession const reopened, Open({"w1-2", "w1", {}, 1, {KeyOf(lease)}}));
  EXPECT_THAT(reopened.verdicts, ElementsAre(LeaseVerdict::kCancel));
}

TEST_P(StoreSessions, ALeaseThatTheWorkerNeverHeardOfGoesBackUncounted) {
  JobId const id = Enqueue(JobFor(1));
  std::string const session = OpenFor("w1");
  AcquireOne(session);
  ASSERT_OK(Heartbeat(session));
  EXPECT_EQ(Get(id).state, JobState::kLeased) << "the answer may be under way";
  clock_.Advance(policy_.unheard_grace);
  ASSERT_OK(Heartbeat(session));
  EXPECT_EQ(Get(id).state, JobState::kQueued);
  EXPECT_EQ(Get(id).attempts, 0);
}

TEST_P(StoreSessions, HeartbeatsKeepASessionAndItsLeases) {
  JobId const id = Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w1"));
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(kTtl / 2);
    ASSERT_OK(Heartbeat("w1-1", {KeyOf(lease)}));
    ASSERT_OK_AND_ASSIGN(auto const expired, Expire());
    EXPECT_THAT(expired, IsEmpty());
  }
  EXPECT_EQ(Get(id).state, JobState::kLeased);
}

TEST_P(StoreSessions, OneThatDrainsIsGrantedNothingNewThoughTheStoreRestarts) {
  Enqueue(JobFor(1));
  Enqueue(JobFor(2));
  OpenFor("w1");
  ASSERT_OK_AND_ASSIGN(auto const first, Acquire("w1-1", "before"));
  ASSERT_THAT(first, SizeIs(1));
  LeaseKey const held = KeyOf(first[0].job);
  auto const beat = [&](bool draining) {
    return Await<HeartbeatAnswer>([&](auto done) {
      store().Heartbeat({"w1-1", {held}, 1, draining}, std::move(done));
    });
  };
  ASSERT_OK(beat(true));
  ASSERT_OK(beat(false));  // one that comes late
  Restart();
  ASSERT_OK_AND_ASSIGN(auto const nothing, Acquire("w1-1", "after"));
  EXPECT_THAT(nothing, IsEmpty());
  ASSERT_OK_AND_ASSIGN(auto const replayed, Acquire("w1-1", "before"));
  EXPECT_THAT(replayed, SizeIs(1));
}

TEST_P(StoreSessions, ASilentWorkersLeasesGoBackCounted) {
  JobId const id = Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w1"));
  clock_.Advance(kTtl);
  ASSERT_OK_AND_ASSIGN(auto const expired, Expire());
  ASSERT_THAT(expired, SizeIs(1));
  EXPECT_EQ(expired[0].key, KeyOf(lease));
  EXPECT_EQ(expired[0].worker, "w1");
  EXPECT_EQ(expired[0].job.state, JobState::kQueued);
  EXPECT_EQ(Get(id).attempts, 1);
  EXPECT_THAT(Get(id).lost_workers, ElementsAre("w1"));
  EXPECT_THAT(Heartbeat("w1-1"), StatusIs(absl::StatusCode::kAborted, StartsWith("reopen")));
  EXPECT_THAT(OnLease(lease, job_event::ReportArtifact{{"a", 1}}),
              StatusIs(absl::StatusCode::kAborted));
}

TEST_P(StoreSessions, ManyWorkersLostAtOncePoisonNothing) {
  std::vector<JobId> jobs;
  for (int i = 0; i < 3; ++i) {
    jobs.push_back(Enqueue(JobFor(i)));
    AcquireOne(OpenFor("w" + std::to_string(i)));
    clock_.Advance(absl::Seconds(1));
  }
  clock_.Advance(kTtl);
  ASSERT_OK_AND_ASSIGN(auto const expired, Expire());
  ASSERT_THAT(expired, SizeIs(3));
  for (JobId const id : jobs) {
    EXPECT_EQ(Get(id).attempts, 1);
    EXPECT_THAT(Get(id).lost_workers, IsEmpty());
  }
}

TEST_P(StoreSessions, ARunBeyondItsLimitEndsThoughItsSessionLives) {
  NewJob job = JobFor(1);
  job.run_limit = absl::Minutes(1);
  JobId const id = Enqueue(job);
  Job const lease = AcquireOne(OpenFor("w1"));
  clock_.Advance(absl::Minutes(1));
  ASSERT_OK(Heartbeat("w1-1", {KeyOf(lease)}));
  ASSERT_OK_AND_ASSIGN(auto const expired, Expire());
  EXPECT_THAT(expired, SizeIs(1));
  EXPECT_EQ(Get(id).reason.code, "run_deadline");
  EXPECT_OK(Heartbeat("w1-1"));
}

TEST_P(StoreSessions, AfterARestartEverySessionHasOneTtlMore) {
  JobId const id = Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w1"));
  clock_.Advance(10 * kTtl);
  Restart();
  ASSERT_OK_AND_ASSIGN(auto const at_once, Expire());
  EXPECT_THAT(at_once, IsEmpty());
  clock_.Advance(kTtl - absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(auto const within, Expire());
  EXPECT_THAT(within, IsEmpty());
  ASSERT_OK(Heartbeat("w1-1", {KeyOf(lease)}));
  EXPECT_EQ(Get(id).state, JobState::kLeased);
  clock_.Advance(kTtl);
  ASSERT_OK_AND_ASSIGN(auto const later, Expire());
  EXPECT_THAT(later, SizeIs(1));
}

TEST_P(StoreSessions, AnUploadUnderWayIsVerifiedBeforeItsJobIsQueuedAgain) {
  JobId const id = Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w1"));
  ASSERT_OK(OnLease(lease, job_event::ReportArtifact{{"a", 1}}));
  ASSERT_OK(OnLease(lease, job_event::GrantUpload{}));
  clock_.Advance(kTtl);
  ASSERT_OK(Expire());
  EXPECT_EQ(Get(id).state, JobState::kVerifying);
  ASSERT_TRUE(Get(id).artifact);
  EXPECT_EQ(Get(id).artifact->sha256, "a");
  ASSERT_OK(OnJob(id, job_event::AssetMissing{}, lease.epoch));
  EXPECT_EQ(Get(id).state, JobState::kQueued);
  EXPECT_EQ(Get(id).attempts, 0);
}

TEST_P(StoreSessions, WorkersAreListedWithTheirLeases) {
  JobId const id = Enqueue(JobFor(1));
  AcquireOne(OpenFor("w1"));
  OpenFor("w0", "-1");
  OpenFor("w0", "-2");
  clock_.Advance(kTtl / 2);
  ASSERT_OK(Heartbeat("w0-2"));
  clock_.Advance(kTtl / 2);
  ASSERT_OK(Expire());
  auto const workers =
      Await<std::vector<WorkerRecord>>([&](auto done) { store().ListWorkers(std::move(done)); });
  ASSERT_OK(workers);
  ASSERT_THAT(*workers, SizeIs(2));
  EXPECT_EQ(workers->at(0).worker, "w0");
  EXPECT_EQ(workers->at(0).session, "w0-2");
  EXPECT_TRUE(workers->at(0).live);
  EXPECT_EQ(workers->at(0).free_slots, 2);
  EXPECT_EQ(workers->at(0).last_heartbeat, clock_.Now() - kTtl / 2);
  EXPECT_EQ(workers->at(0).capabilities.engine, "docker 20.10.24");
  EXPECT_FALSE(workers->at(1).live);
  EXPECT_THAT(workers->at(1).leases, IsEmpty());
  EXPECT_EQ(Get(id).state, JobState::kQueued);
}

TEST_P(StoreSessions, AWorkersPresentLeasesAreListed) {
  JobId const id = Enqueue(JobFor(1));
  AcquireOne(OpenFor("w1"));
  auto const workers =
      Await<std::vector<WorkerRecord>>([&](auto done) { store().ListWorkers(std::move(done)); });
  ASSERT_OK(workers);
  ASSERT_THAT(*workers, SizeIs(1));
  ASSERT_THAT(workers->at(0).leases, SizeIs(1));
  EXPECT_EQ(workers->at(0).leases[0].id, id);
}

INSTANTIATE_TEST_SUITE_P(Contract, StoreSessions, testing::ValuesIn(ImplementationsUnderTest()),
                         &NameOf);

}  // namespace
}  // namespace probefarm
