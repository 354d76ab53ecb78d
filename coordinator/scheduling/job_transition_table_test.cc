#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/scheduling/job_transition.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

using enum JobState;

absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);

// One event of each kind. Artifacts are those of JobIn().
std::vector<JobEvent> EveryEvent() {
  return {job_event::Grant{"s2", "w2", absl::Hours(1)},
          job_event::Expire{},
          job_event::Release{{"draining", ""}},
          job_event::TransientFailure{{"network", ""}},
          job_event::PermanentFailure{{"compiler_error", ""}},
          job_event::ReportArtifact{{"aa", 7}},
          job_event::GrantUpload{},
          job_event::UploadArrived{},
          job_event::Verified{},
          job_event::AssetMissing{},
          job_event::Conflict{{"conflict", ""}},
          job_event::Skip{{"not_applicable", ""}},
          job_event::Cancel{},
          job_event::Retry{}};
}

std::vector<JobState> EveryState() {
  return {kQueued,    kLeased, kBuilt, kUploading, kVerifying,
          kPublished, kFailed, kDead,  kCancelled, kSkipped};
}

// A job that has come to `state` in its first run.
Job JobIn(JobState state) {
  Job job;
  job.id = 7;
  job.state = state;
  job.updated_at = kNow - absl::Minutes(1);
  if (state == kQueued) return job;
  job.epoch = 1;
  job.attempts = 1;
  job.worker = "w1";
  if (IsHeld(state)) job.session = "s1";
  if (state == kLeased) job.run_deadline = kNow + absl::Minutes(1);
  if (state != kLeased && state != kFailed) job.artifact = Artifact{"aa", 7};
  return job;
}

// Every move there is; what is not here is refused.
std::map<std::pair<JobState, std::string>, JobState> const kMoves = {
    {{kQueued, "grant"}, kLeased},
    {{kQueued, "skip"}, kSkipped},
    {{kQueued, "cancel"}, kCancelled},

    {{kLeased, "expire"}, kQueued},
    {{kLeased, "release"}, kQueued},
    {{kLeased, "transient_failure"}, kQueued},
    {{kLeased, "permanent_failure"}, kFailed},
    {{kLeased, "report_artifact"}, kBuilt},
    {{kLeased, "skip"}, kSkipped},
    {{kLeased, "cancel"}, kCancelled},

    {{kBuilt, "expire"}, kQueued},
    {{kBuilt, "release"}, kQueued},
    {{kBuilt, "transient_failure"}, kQueued},
    {{kBuilt, "report_artifact"}, kBuilt},
    {{kBuilt, "grant_upload"}, kUploading},
    {{kBuilt, "conflict"}, kFailed},
    {{kBuilt, "skip"}, kSkipped},
    {{kBuilt, "cancel"}, kCancelled},

    {{kUploading, "expire"}, kVerifying},
    {{kUploading, "release"}, kVerifying},
    {{kUploading, "transient_failure"}, kVerifying},
    {{kUploading, "report_artifact"}, kUploading},
    {{kUploading, "grant_upload"}, kUploading},
    {{kUploading, "upload_arrived"}, kVerifying},
    {{kUploading, "conflict"}, kFailed},

    {{kVerifying, "report_artifact"}, kVerifying},
    {{kVerifying, "verified"}, kPublished},
    {{kVerifying, "asset_missing"}, kQueued},
    {{kVerifying, "conflict"}, kFailed},
    {{kVerifying, "skip"}, kSkipped},

    {{kPublished, "report_artifact"}, kPublished},

    {{kFailed, "retry"}, kQueued},
    {{kDead, "retry"}, kQueued},
    {{kCancelled, "retry"}, kQueued},
    {{kSkipped, "retry"}, kQueued},
};

std::optional<JobState> MoveOf(JobState state, JobEvent const& event) {
  auto const move = kMoves.find({state, std::string(EventName(event))});
  return move == kMoves.end() ? std::nullopt : std::make_optional(move->second);
}

TEST(JobTransitionTable, EveryEventInEveryStateMovesAsListedOrIsRefused) {
  std::mt19937_64 random(1);
  for (JobState const state : EveryState()) {
    for (JobEvent const& event : EveryEvent()) {
      SCOPED_TRACE(absl::StrCat(EventName(event), " in ", JobStateName(state)));
      auto const moved = Transition(JobIn(state), event, {}, kNow, random);
      if (std::optional<JobState> const expected = MoveOf(state, event)) {
        ASSERT_OK(moved);
        EXPECT_EQ(JobStateName(moved->state), JobStateName(*expected));
      } else {
        EXPECT_EQ(moved.status().code(), absl::StatusCode::kFailedPrecondition);
        EXPECT_THAT(std::string(moved.status().message()), HasSubstr("job 7"));
      }
    }
  }
}

TEST(JobTransitionTable, EveryMoveKeepsTheLeaseFieldsTrue) {
  std::mt19937_64 random(1);
  for (JobState const state : EveryState()) {
    for (JobEvent const& event : EveryEvent()) {
      SCOPED_TRACE(absl::StrCat(EventName(event), " in ", JobStateName(state)));
      Job const before = JobIn(state);
      auto const after = Transition(before, event, {}, kNow, random);
      if (!after.ok()) continue;
      EXPECT_EQ(after->session.empty(), !IsHeld(after->state));
      EXPECT_EQ(after->run_deadline == absl::InfiniteFuture(), after->state != kLeased);
      bool const granted = std::holds_alternative<job_event::Grant>(event);
      EXPECT_EQ(after->epoch, before.epoch + (granted ? 1 : 0));
      if (after->state == kQueued) EXPECT_FALSE(after->artifact) << "it is gone with the worker";
      EXPECT_EQ(after->updated_at, after->state == before.state ? before.updated_at : kNow);
    }
  }
}

}  // namespace
}  // namespace probefarm
