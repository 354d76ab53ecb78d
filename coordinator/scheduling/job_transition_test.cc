#include "coordinator/scheduling/job_transition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class JobTransition : public testing::Test {
 protected:
  // Moves job_; the move must exist.
  void Do(JobEvent const& event) {
    auto moved = Transition(job_, event, policy_, now_, random_);
    ASSERT_OK(moved);
    job_ = *std::move(moved);
  }
  void RunOn(std::string const& worker) {
    Do(job_event::Grant{"session of " + worker, worker, absl::Minutes(30)});
  }
  void Build() { Do(job_event::ReportArtifact{{"aa", 7}}); }

  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  AttemptPolicy policy_;
  std::mt19937_64 random_{1};
  Job job_;
};

TEST_F(JobTransition, AGrantNamesTheHolderAndCountsTheRun) {
  RunOn("w1");
  EXPECT_EQ(job_.epoch, 1);
  EXPECT_EQ(job_.attempts, 1);
  EXPECT_EQ(job_.worker, "w1");
  EXPECT_EQ(job_.session, "session of w1");
  EXPECT_EQ(job_.run_deadline, now_ + absl::Minutes(30));
}

TEST_F(JobTransition, ATransientFailureCountsAndBacksOff) {
  RunOn("w1");
  Do(job_event::TransientFailure{{"network", "reset"}});
  EXPECT_EQ(job_.attempts, 1);
  EXPECT_EQ(job_.reason, (Reason{"network", "reset"}));
  EXPECT_EQ(job_.worker, "w1") << "kept after the lease";
  EXPECT_GT(job_.not_before, now_);
  EXPECT_LE(job_.not_before, now_ + policy_.backoff.Ceiling(1));
}

TEST_F(JobTransition, TheBackoffGrowsWithTheAttempts) {
  policy_.max_attempts = 9;
  absl::Duration longest;
  for (int run = 1; run < 9; ++run) {
    RunOn("w1");
    Do(job_event::TransientFailure{{"network", "reset"}});
    longest = std::max(longest, job_.not_before - now_);
    EXPECT_LE(job_.not_before - now_, policy_.backoff.Ceiling(run));
  }
  EXPECT_GT(longest, policy_.backoff.Ceiling(1));
}

TEST_F(JobTransition, TheLastAttemptEndsInDeadWithItsReason) {
  for (int run = 1; run <= policy_.max_attempts; ++run) {
    ASSERT_EQ(job_.state, JobState::kQueued);
    RunOn("w1");
    Do(job_event::TransientFailure{{"network", "reset"}});
  }
  EXPECT_EQ(job_.state, JobState::kDead);
  EXPECT_EQ(job_.attempts, policy_.max_attempts);
  EXPECT_EQ(job_.reason.code, "network");
  EXPECT_THAT(job_.reason.text, HasSubstr("5 runs: reset"));
}

TEST_F(JobTransition, LosingTheWorkerWhileItBuildsCounts) {
  RunOn("w1");
  Do(job_event::Expire{});
  EXPECT_EQ(job_.state, JobState::kQueued);
  EXPECT_EQ(job_.attempts, 1);
  EXPECT_THAT(job_.lost_workers, ElementsAre("w1"));
  EXPECT_EQ(job_.reason.code, "worker_lost");
}

TEST_F(JobTransition, LosingTwoDistinctWorkersIsPoison) {
  RunOn("w1");
  Do(job_event::Expire{});
  RunOn("w2");
  Do(job_event::Expire{});
  EXPECT_EQ(job_.state, JobState::kDead);
  EXPECT_EQ(job_.reason.code, "poison");
}

TEST_F(JobTransition, LosingOneWorkerThreeTimesIsPoison) {
  for (int loss = 1; loss <= 2; ++loss) {
    RunOn("w1");
    Do(job_event::Expire{});
    EXPECT_EQ(job_.state, JobState::kQueued);
  }
  RunOn("w1");
  Do(job_event::Expire{});
  EXPECT_EQ(job_.state, JobState::kDead);
  EXPECT_EQ(job_.reason.code, "poison");
}

TEST_F(JobTransition, ACrowdPoisonsNothingButTheRunCounts) {
  for (std::string const worker : {"w1", "w2", "w3"}) {
    RunOn(worker);
    Do(job_event::Expire{.crowd = true});
  }
  EXPECT_EQ(job_.state, JobState::kQueued);
  EXPECT_EQ(job_.attempts, 3);
  EXPECT_THAT(job_.lost_workers, IsEmpty());
}

TEST_F(JobTransition, AnOverdueRunCountsAndPoisonsNothing) {
  for (std::string const worker : {"w1", "w2"}) {
    RunOn(worker);
    Do(job_event::Expire{.overdue = true});
  }
  EXPECT_EQ(job_.state, JobState::kQueued);
  EXPECT_EQ(job_.attempts, 2);
  EXPECT_EQ(job_.reason.code, "run_deadline");
  EXPECT_THAT(job_.lost_workers, IsEmpty());
}

TEST_F(JobTransition, LosingTheWorkerAfterItHadBuiltDoesNotCount) {
  for (std::string const worker : {"w1", "w2", "w3"}) {
    RunOn(worker);
    Build();
    Do(job_event::Expire{});
  }
  EXPECT_EQ(job_.state, JobState::kQueued);
  EXPECT_EQ(job_.attempts, 0);
  EXPECT_EQ(job_.free_requeues, 3);
  EXPECT_THAT(job_.lost_workers, IsEmpty());
}

TEST_F(JobTransition, AReleaseDoesNotCountButIsCapped) {
  policy_.max_free_requeues = 2;
  for (int i = 0; i < 2; ++i) {
    RunOn("w1");
    Do(job_event::Release{{"draining", "the worker drains"}});
    EXPECT_EQ(job_.state, JobState::kQueued);
    EXPECT_EQ(job_.attempts, 0);
  }
  RunOn("w1");
  Do(job_event::Release{{"draining", "the worker drains"}});
  EXPECT_EQ(job_.state, JobState::kDead);
  EXPECT_EQ(job_.free_requeues, 2);
  EXPECT_EQ(job_.reason.code, "draining");
}

TEST_F(JobTransition, TroubleAtTheReleaseHostConsumesNoAttempt) {
  for (int i = 0; i < 10; ++i) {
    RunOn("w1");
    Build();
    Do(job_event::GrantUpload{});
    Do(job_event::UploadArrived{});
    Do(job_event::AssetMissing{});
  }
  EXPECT_EQ(job_.state, JobState::kQueued);
  EXPECT_EQ(job_.attempts, 0);
}

TEST_F(JobTransition, ALeaseThatEndsWhileUploadingKeepsItsDigestForTheVerification) {
  RunOn("w1");
  Build();
  Do(job_event::GrantUpload{});
  Do(job_event::Expire{});
  EXPECT_EQ(job_.state, JobState::kVerifying);
  EXPECT_EQ(job_.artifact, (Artifact{"aa", 7}));
  EXPECT_EQ(job_.reason.code, "worker_lost");
}

TEST_F(JobTransition, AnotherDigestIsRefusedAndTheFirstStays) {
  RunOn("w1");
  Build();
  EXPECT_THAT(Transition(job_, job_event::ReportArtifact{{"bb", 7}}, policy_, now_, random_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("aa")));
  EXPECT_THAT(Transition(job_, job_event::ReportArtifact{{"aa", 8}}, policy_, now_, random_),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(JobTransition, CancelComesTooLateOnceAGrantIsOut) {
  RunOn("w1");
  Build();
  Do(job_event::GrantUpload{});
  EXPECT_THAT(Transition(job_, job_event::Cancel{}, policy_, now_, random_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("uploading")));
  Do(job_event::UploadArrived{});
  EXPECT_THAT(Transition(job_, job_event::Cancel{}, policy_, now_, random_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("uploading")));
}

TEST_F(JobTransition, RetryStartsWithFreshCountersButNotWithAnOldEpoch) {
  RunOn("w1");
  Do(job_event::Expire{});
  RunOn("w2");
  Do(job_event::Expire{});
  ASSERT_EQ(job_.state, JobState::kDead);
  Do(job_event::Retry{});
  EXPECT_EQ(job_.epoch, 2);
  EXPECT_EQ(job_.attempts, 0);
  EXPECT_EQ(job_.free_requeues, 0);
  EXPECT_THAT(job_.lost_workers, IsEmpty());
  EXPECT_EQ(job_.not_before, now_);
  EXPECT_EQ(job_.reason, Reason());
}

TEST_F(JobTransition, ALimitThatWasLoweredHoldsForJobsInTheQueue) {
  RunOn("w1");
  Do(job_event::TransientFailure{{"network", "reset"}});
  policy_.max_attempts = 1;
  RunOn("w1");
  EXPECT_EQ(job_.state, JobState::kDead);
  EXPECT_EQ(job_.epoch, 1);
  EXPECT_EQ(job_.reason.code, "network");
}

TEST_F(JobTransition, OnlyTheAcceptedReportRepeats) {
  RunOn("w1");
  job_event::TransientFailure const failure{{"network", "reset"}};
  EXPECT_FALSE(RepeatsAcceptedReport(job_, failure));
  Do(failure);
  EXPECT_TRUE(RepeatsAcceptedReport(job_, failure));
  EXPECT_FALSE(RepeatsAcceptedReport(job_, job_event::TransientFailure{{"disk", "full"}}));
  EXPECT_FALSE(RepeatsAcceptedReport(job_, job_event::PermanentFailure{{"network", "reset"}}));
}

TEST_F(JobTransition, AFailureAfterTheLeaseExpiredRepeatsNothing) {
  RunOn("w1");
  Do(job_event::Expire{});
  EXPECT_FALSE(RepeatsAcceptedReport(job_, job_event::TransientFailure{{"network", "reset"}}));
}

}  // namespace
}  // namespace probefarm
