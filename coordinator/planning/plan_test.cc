#include "coordinator/planning/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "coordinator/planning/sample_offer.h"
#include "lib/build/build_spec.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The plan for every probe of an offer, after the store said `known` of each.
class MakePlanTest : public ::testing::Test {
 protected:
  MakePlanTest() : wanted_(FindWanted(offer_, {}).value().wanted), known_(wanted_.size()) {}

  Plan Make() { return MakePlan(offer_, wanted_, known_, terms_).value(); }

  FailedBuild FailureOf(std::string fingerprint, std::string reason) const {
    return {std::move(fingerprint), std::move(reason), offer_.recipe.limits.memory_bytes,
            terms_.run_limit};
  }

  Offer offer_ = SampleOffer();
  std::vector<WantedProbe> wanted_;
  std::vector<ProbeKnowledge> known_;
  JobTerms terms_;
};

TEST_F(MakePlanTest, MakesAJobOfEveryProbeThatNothingIsKnownOf) {
  Plan const plan = Make();
  ASSERT_THAT(plan.jobs, SizeIs(12));
  for (size_t i = 0; i < plan.jobs.size(); ++i) EXPECT_EQ(plan.jobs[i].probe, wanted_[i].probe);
  EXPECT_EQ(plan.joining + plan.published + plan.known_to_fail, 0);
  EXPECT_THAT(plan.excluded, IsEmpty());
}

TEST_F(MakePlanTest, PutsTheWholeSpecAndItsFingerprintIntoTheJob) {
  offer_.recipe.limits.memory_bytes = 12345;
  terms_ = {Lane::kNewKernels, absl::Minutes(7)};
  Plan const plan = Make();
  NewJob const& job = plan.jobs[1];
  ASSERT_OK_AND_ASSIGN(BuildSpec const spec, ParseBuildSpec(job.spec));
  EXPECT_EQ(spec.probe, job.probe);
  EXPECT_EQ(job.file_name, "falco_debian_6.12.117+deb12-cloud-amd64_1.ko");
  EXPECT_EQ(job.file_name, spec.file_name);
  EXPECT_EQ(job.fingerprint, InputsFingerprint(spec));
  EXPECT_EQ(job.requirements,
            (Requirements{Arch::kX86_64, 12345, {}, int64_t{1} << 30, spec.image.id}));
  EXPECT_EQ(job.lane, Lane::kNewKernels);
  EXPECT_EQ(job.run_limit, absl::Minutes(7));
}

TEST_F(MakePlanTest, AsksForTheLabelsOfTheDriver) {
  offer_.drivers[0].worker_labels = {"zone=a", "pool=trusted"};
  Plan const plan = Make();
  for (NewJob const& job : plan.jobs) {
    bool const first = job.probe.driver_version == offer_.drivers[0].version;
    EXPECT_EQ(job.requirements.labels, first ? (Labels{"pool=trusted", "zone=a"}) : Labels{});
  }
  EXPECT_THAT(PlanProbe(offer_, wanted_[0], known_[0], terms_)->requirements.labels,
              ::testing::ElementsAreArray(plan.jobs[0].requirements.labels));
}

TEST_F(MakePlanTest, AsksForDiskInWholeGibibytes) {
  offer_.recipe.limits.output_bytes = int64_t{1} << 30;
  EXPECT_EQ(Make().jobs[0].requirements.disk_bytes, int64_t{3} << 30);
  offer_.recipe.limits.output_bytes = int64_t{1} << 20;
  EXPECT_EQ(Make().jobs[0].requirements.disk_bytes, int64_t{1} << 30);
}

TEST_F(MakePlanTest, LeavesOutWhatIsPublished) {
  known_[0].published = true;
  Plan const plan = Make();
  EXPECT_EQ(plan.published, 1);
  EXPECT_THAT(plan.jobs, SizeIs(11));
  EXPECT_EQ(plan.jobs[0].probe, wanted_[1].probe);
}

TEST_F(MakePlanTest, BuildsAgainWhatTheReleaseHostLost) {
  known_[0].sha256 = std::string(64, 'e');
  EXPECT_THAT(Make().jobs, SizeIs(12));
}

TEST_F(MakePlanTest, LeavesOutWhatFailedWithTheSameInputs) {
  known_[0].failed = {FailureOf("other", "compiler_error"),
                      FailureOf(Make().jobs[0].fingerprint, "compiler_error")};
  Plan const plan = Make();
  EXPECT_EQ(plan.known_to_fail, 1);
  EXPECT_THAT(plan.jobs, SizeIs(11));
}

TEST_F(MakePlanTest, TriesAgainWhenAnInputOfAFailureChanged) {
  known_[0].failed = {FailureOf(Make().jobs[0].fingerprint, "compiler_error")};
  offer_.builders[0].image.fingerprint = "gcc-12=12.3.0";
  Plan const plan = Make();
  EXPECT_EQ(plan.known_to_fail, 0);
  EXPECT_THAT(plan.jobs, SizeIs(12));
}

TEST_F(MakePlanTest, WhatWasWithdrawnIsExcludedWithItsReasonUntilAnInputChanges) {
  known_[0].withdrawn = {
      {Make().jobs[0].fingerprint, "aa", "does not load", absl::FromUnixSeconds(1'700'000'000)}};
  Plan const plan = Make();
  EXPECT_THAT(plan.jobs, SizeIs(11));
  ASSERT_THAT(plan.excluded, SizeIs(1));
  EXPECT_EQ(plan.excluded[0].probe, wanted_[0].probe);
  EXPECT_EQ(plan.excluded[0].reason.code, "withdrawn");
  EXPECT_EQ(plan.excluded[0].reason.text, "withdrawn on 2023-11-14T22:13:20Z: does not load");
  EXPECT_THAT(PlanProbe(offer_, wanted_[0], known_[0], terms_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("does not load")));
  offer_.builders[0].image.fingerprint = "gcc-12=12.3.0";
  EXPECT_THAT(Make().jobs, SizeIs(12));
  EXPECT_OK(PlanProbe(offer_, wanted_[0], known_[0], terms_));
}

TEST_F(MakePlanTest, TriesAgainWhatTookTooLongOnceThereIsMoreTime) {
  known_[0].failed = {FailureOf(Make().jobs[0].fingerprint, "timed_out")};
  EXPECT_EQ(Make().known_to_fail, 1);
  terms_.run_limit += absl::Minutes(1);
  EXPECT_EQ(Make().known_to_fail, 0);
  known_[0].failed.push_back(FailureOf(Make().jobs[0].fingerprint, "compiler_error"));
  EXPECT_EQ(Make().known_to_fail, 1);
}

TEST_F(MakePlanTest, TriesAgainWhatRanOutOfMemoryOnceThereIsMore) {
  known_[0].failed = {FailureOf(Make().jobs[0].fingerprint, "out_of_memory")};
  EXPECT_EQ(Make().known_to_fail, 1);
  offer_.recipe.limits.memory_bytes += 1;
  EXPECT_EQ(Make().known_to_fail, 0);
}

TEST_F(MakePlanTest, JoinsAnUnfinishedJobEvenAfterAFailure) {
  known_[0].failed = {FailureOf(Make().jobs[0].fingerprint, "compiler_error")};
  known_[0].unfinished = 7;
  Plan const plan = Make();
  EXPECT_EQ(plan.joining, 1);
  EXPECT_EQ(plan.known_to_fail, 0);
  EXPECT_THAT(plan.jobs, SizeIs(12));
}

TEST_F(MakePlanTest, MadeTwiceIsTheSameAndThenOnlyJoins) {
  Plan const first = Make();
  Plan const again = Make();
  ASSERT_EQ(first.jobs.size(), again.jobs.size());
  for (size_t i = 0; i < first.jobs.size(); ++i) EXPECT_EQ(first.jobs[i].spec, again.jobs[i].spec);
  for (ProbeKnowledge& known : known_) known.unfinished = 1;
  EXPECT_EQ(Make().joining, 12);
  for (ProbeKnowledge& known : known_) known = {.published = true};
  EXPECT_THAT(Make().jobs, IsEmpty());
}

TEST_F(MakePlanTest, ExcludesWhatTheRecipeCannotBuildWithItsReason) {
  offer_.builders[0].gcc = {13};
  Plan const plan = Make();
  EXPECT_THAT(plan.jobs, SizeIs(4));
  ASSERT_THAT(plan.excluded, SizeIs(8));
  EXPECT_EQ(plan.excluded[0].reason.code, "not_buildable");
  EXPECT_THAT(plan.excluded[0].reason.text,
              AllOf(HasSubstr("cannot build: "), HasSubstr("6.1.0-56-cloud-amd64")));
}

TEST_F(MakePlanTest, OneProbeThatIsNotToBeBuiltIsRefusedWithTheReason) {
  EXPECT_OK(PlanProbe(offer_, wanted_[0], known_[0], terms_));
  known_[0].failed = {FailureOf(Make().jobs[0].fingerprint, "compiler_error")};
  EXPECT_THAT(PlanProbe(offer_, wanted_[0], known_[0], terms_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("the same inputs")));
  known_[0].unfinished = 7;
  EXPECT_OK(PlanProbe(offer_, wanted_[0], known_[0], terms_)) << "it is joined";
  known_[0].published = true;
  EXPECT_THAT(PlanProbe(offer_, wanted_[0], known_[0], terms_),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(MakePlanTest, RefusesAnAnswerForOtherProbes) {
  known_.pop_back();
  EXPECT_THAT(MakePlan(offer_, wanted_, known_, {}), StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace probefarm
