#include "coordinator/store/lease_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);
LeaseRef const kLease{{7, 2}, "s1"};

Job LeasedJob() {
  Job job;
  job.id = 7;
  job.epoch = 2;
  job.attempts = 1;
  job.state = JobState::kLeased;
  job.session = "s1";
  job.worker = "w1";
  return job;
}

absl::StatusOr<Job> Apply(Job const& job, JobEvent const& event, std::string const& worker = "w1") {
  std::mt19937_64 random(1);
  return ApplyWorkersEvent(job, kLease, worker, event, {}, kNow, random);
}

TEST(LeaseRules, OnlyThePresentLeaseWrites) {
  EXPECT_OK(CheckLease(LeasedJob(), kLease));
  EXPECT_THAT(CheckLease(LeasedJob(), {{7, 1}, "s1"}), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(CheckLease(LeasedJob(), {{7, 2}, "s2"}), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(CheckLease(LeasedJob(), {{8, 2}, "s1"}), StatusIs(absl::StatusCode::kAborted));
  Job queued = LeasedJob();
  queued.state = JobState::kQueued;
  queued.session.clear();
  EXPECT_THAT(CheckLease(queued, {{7, 2}, ""}), StatusIs(absl::StatusCode::kAborted))
      << "nobody's session is no session";
}

TEST(LeaseRules, ARepetitionIsOkForItsOwnWorkerOnly) {
  job_event::PermanentFailure const failure{{"compiler_error", "no"}};
  ASSERT_OK_AND_ASSIGN(Job const failed, Apply(LeasedJob(), failure));
  EXPECT_OK(Apply(failed, failure));
  EXPECT_THAT(Apply(failed, failure, "w2"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(Apply(failed, failure, ""), StatusIs(absl::StatusCode::kAborted));
  Job granted_again = failed;
  granted_again.epoch = 3;
  EXPECT_THAT(Apply(granted_again, failure), StatusIs(absl::StatusCode::kAborted));
}

TEST(LeaseRules, ACancelledLeaseIsTheCancelledWorkersOnly) {
  Job cancelled = LeasedJob();
  cancelled.state = JobState::kCancelled;
  cancelled.session.clear();
  auto const leases = LeasesToReconcile({}, {cancelled}, {{7, 2}}, "w1");
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_TRUE(leases[0].cancelled);
  EXPECT_THAT(LeasesToReconcile({}, {cancelled}, {{7, 2}}, "w2"), IsEmpty());
  EXPECT_THAT(LeasesToReconcile({}, {cancelled}, {{7, 1}}, "w1"), IsEmpty());
}

TEST(LeaseRules, IdsAreBounded) {
  EXPECT_OK(CheckNewSession({"s", "w", {}, 0, {}}));
  EXPECT_THAT(CheckNewSession({"s", std::string(201, 'w'), {}, 0, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_OK(CheckAcquire({"s", "r", 0}));
  EXPECT_THAT(CheckAcquire({"s", std::string(201, 'r'), 0}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace probefarm
