#include "coordinator/store/withdrawal_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kExists = absl::StatusCode::kAlreadyExists;

std::vector<WithdrawnBuild> Withdrawn(std::string const& fingerprint = "f") {
  return {{fingerprint, "aa", "does not load", absl::FromUnixSeconds(1'700'000'000)}};
}

Withdrawal OfInputs(std::string const& fingerprint) {
  Withdrawal withdrawal;
  withdrawal.fingerprint = fingerprint;
  return withdrawal;
}

TEST(WithdrawalRules, InputsAreHeldBackWithWhenAndWhy) {
  EXPECT_THAT(CheckInputsNotWithdrawn(Withdrawn(), "f"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("withdrawn on 2023-11-14T22:13:20Z: does not load"))));
  EXPECT_OK(CheckInputsNotWithdrawn(Withdrawn(), "g"));
  EXPECT_OK(CheckInputsNotWithdrawn({}, "f"));
}

TEST(WithdrawalRules, WhatNobodyKnowsIsNotTheSame) {
  EXPECT_OK(CheckInputsNotWithdrawn(Withdrawn(""), ""));
  EXPECT_FALSE(EndsWith(OfInputs(""), Job()));
}

TEST(WithdrawalRules, AJobIsPublishedWhenBytesAndInputsAreOthers) {
  Job job;
  PublishedAsset asset;
  job.fingerprint = "g";
  asset.sha256 = "bb";
  EXPECT_OK(CheckPublishAfterWithdrawal(job, asset, Withdrawn()));
  asset.sha256 = "aa";
  EXPECT_THAT(CheckPublishAfterWithdrawal(job, asset, Withdrawn()), StatusIs(kExists));
  asset.sha256 = "bb";
  job.fingerprint = "f";
  EXPECT_THAT(CheckPublishAfterWithdrawal(job, asset, Withdrawn()), StatusIs(kExists));
}

TEST(WithdrawalRules, OnlyWhatCanStillBeStoppedEnds) {
  for (JobState const state :
       {JobState::kQueued, JobState::kLeased, JobState::kBuilt, JobState::kUploading,
        JobState::kVerifying, JobState::kPublished, JobState::kFailed, JobState::kCancelled}) {
    Job job;
    job.fingerprint = "f";
    job.state = state;
    bool const stops = state == JobState::kQueued || state == JobState::kLeased ||
                       state == JobState::kBuilt || state == JobState::kVerifying;
    EXPECT_EQ(EndsWith(OfInputs("f"), job), stops) << JobStateName(state);
    EXPECT_FALSE(EndsWith(OfInputs("g"), job));
    job.probe.target = "another";
    EXPECT_FALSE(EndsWith(OfInputs("f"), job));
  }
}

}  // namespace
}  // namespace probefarm
