#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/scheduling/job_transition.h"

namespace probefarm {
namespace {

absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);

class EventSource {
 public:
  explicit EventSource(uint64_t seed) : random_(seed) {}

  // Any event, wherever the job is. Retry, which begins another life, is left to the caller.
  JobEvent Next() {
    switch (Pick(13)) {
      case 0:
      case 1:
        return job_event::Grant{"s", absl::StrCat("w", Pick(3)), absl::Hours(1)};
      case 2:
        return job_event::Expire{Pick(2) == 0, Pick(4) == 0};
      case 3:
        return job_event::Release{{"draining", ""}};
      case 4:
        return job_event::TransientFailure{{"network", ""}};
      case 5:
        return job_event::PermanentFailure{{"compiler_error", ""}};
      case 6:
        return job_event::ReportArtifact{{Pick(2) == 0 ? "aa" : "bb", 7}};
      case 7:
        return job_event::GrantUpload{};
      case 8:
        return job_event::UploadArrived{};
      case 9:
        return Pick(2) == 0 ? JobEvent(job_event::Verified{}) : job_event::AssetMissing{};
      case 10:
        return job_event::Conflict{{"conflict", ""}};
      case 11:
        return job_event::Skip{{"not_applicable", ""}};
      default:
        return job_event::Cancel{};
    }
  }
  std::mt19937_64& random() { return random_; }

 private:
  int Pick(int count) { return static_cast<int>(random_() % static_cast<uint64_t>(count)); }
  std::mt19937_64 random_;
};

void ExpectInvariants(Job const& before, Job const& after, AttemptPolicy const& policy) {
  EXPECT_GE(after.epoch, before.epoch) << "I2";
  EXPECT_LE(after.epoch, before.epoch + 1) << "I2";
  if (IsFinal(before.state)) EXPECT_EQ(after.state, before.state) << "I3";
  EXPECT_LE(after.attempts, policy.max_attempts) << "I5";
  EXPECT_GE(after.attempts, 0) << "I5";
  EXPECT_LE(after.free_requeues, policy.max_free_requeues);
}

TEST(JobTransitionProperty, RandomEventsKeepEpochsOutcomesAndAttempts) {
  AttemptPolicy policy;
  policy.max_free_requeues = 4;
  int finished = 0;
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    SCOPED_TRACE(seed);
    EventSource source(seed);
    Job job;
    for (int step = 0; step < 200; ++step) {
      auto const moved = Transition(job, source.Next(), policy, kNow, source.random());
      if (!moved.ok()) continue;
      ExpectInvariants(job, *moved, policy);
      job = *moved;
    }
    if (IsFinal(job.state)) ++finished;
  }
  EXPECT_EQ(finished, 2000) << "I6: limits end every job";
}

// Runs that fail, are lost or come back, and nothing else: only the limits can end the job.
TEST(JobTransitionProperty, AJobThatNeverSucceedsReachesAnEnd) {
  AttemptPolicy const policy;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    Job job;
    int runs = 0;
    while (!IsFinal(job.state)) {
      job = *Transition(job, job_event::Grant{"s", "w", absl::Hours(1)}, policy, kNow, random);
      JobEvent const ends[] = {job_event::Expire{.crowd = true}, job_event::Release{},
                               job_event::Release{}, job_event::TransientFailure{}};
      job = *Transition(job, ends[random() % 4], policy, kNow, random);
      ASSERT_LE(++runs, policy.max_attempts + policy.max_free_requeues);
    }
    EXPECT_EQ(job.state, JobState::kDead);
  }
}

}  // namespace
}  // namespace probefarm
