#include "coordinator/scheduling/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

constexpr int64_t kGigabyte = int64_t{1} << 30;
absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);

auto Is(std::string const& code, std::string const& text) {
  return AllOf(Field(&Reason::code, code), Field(&Reason::text, HasSubstr(text)));
}

class ExplanationTest : public testing::Test {
 protected:
  ExplanationTest() {
    job_.requirements = {Arch::kX86_64, 2 * kGigabyte};
    job_.worker = "w1";
  }

  LiveWorker& AddWorker() {
    around_.workers.push_back({"w1", {Arch::kX86_64, 4 * kGigabyte, "docker"}, /*free_slots=*/1});
    return around_.workers.back();
  }
  std::vector<Reason> Why() const { return Explain(job_, around_, kNow); }
  std::vector<Reason> WhyIn(JobState state) {
    job_.state = state;
    return Why();
  }

  Job job_;
  Surroundings around_;
};

TEST_F(ExplanationTest, NobodyIsThere) {
  EXPECT_THAT(Why(), ElementsAre(Is("no_worker", "no worker is connected")));
}

TEST_F(ExplanationTest, NobodyHasTheArchitecture) {
  AddWorker();
  job_.requirements.arch = Arch::kAarch64;
  EXPECT_THAT(Why(), ElementsAre(Is("unmatchable", "no worker has arch aarch64")));
}

TEST_F(ExplanationTest, NobodyHasTheLabels) {
  AddWorker().capabilities.labels = {"engine=docker"};
  job_.requirements.labels = {"engine=docker", "pool=trusted"};
  EXPECT_THAT(Why(), ElementsAre(Is("unmatchable",
                                    "no worker that is large enough has the labels engine=docker, "
                                    "pool=trusted")));
}

TEST_F(ExplanationTest, NobodyHasTheMemory) {
  AddWorker().capabilities.memory_bytes_per_slot = 3 * kGigabyte / 2;
  EXPECT_THAT(Why(), ElementsAre(Is("unmatchable",
                                    "no worker has 2 GB of memory for one build; "
                                    "the most is 1.5 GB")));
}

TEST_F(ExplanationTest, NobodyRunsTheBuilder) {
  AddWorker().capabilities.builders = {"sha256:b"};
  job_.requirements.builder = "sha256:a";
  EXPECT_THAT(Why(), ElementsAre(Is("unmatchable", "no worker runs builder image sha256:a")));
}

TEST_F(ExplanationTest, NobodyHasTheDisk) {
  AddWorker().capabilities.free_disk_bytes = 9 * kGigabyte / 2;
  AddWorker().capabilities.free_disk_bytes = 1;
  job_.requirements.disk_bytes = 9 * kGigabyte;
  EXPECT_THAT(Why(), ElementsAre(Is("unmatchable",
                                    "no worker has 9 GiB of free disk; the most is 4.5 GiB")));
  AddWorker();  // has not said yet
  EXPECT_THAT(Why(), ElementsAre(Is("next", "")));
}

TEST_F(ExplanationTest, WhatIsMissingIsToldOfTheWorkersThatFitOtherwise) {
  AddWorker().capabilities.free_disk_bytes = kGigabyte;
  Capabilities& other = AddWorker().capabilities;
  other.builders = {"sha256:b"};
  other.free_disk_bytes = 100 * kGigabyte;
  job_.requirements.builder = "sha256:a";
  job_.requirements.disk_bytes = 2 * kGigabyte;
  EXPECT_THAT(Why(), ElementsAre(Is("unmatchable",
                                    "no worker that fits otherwise has 2 GiB of free disk; the "
                                    "most is 1 GiB")));
}

TEST_F(ExplanationTest, NothingIsGrantedWhereNoReleaseHasRoom) {
  AddWorker();
  around_.room = 0;
  EXPECT_THAT(Why(), ElementsAre(Is("no_room", "releases.github.repositories")));
}

TEST_F(ExplanationTest, TheRoomThatIsLeftIsToldOfWhatMayBePublished) {
  AddWorker();
  around_.room = 12;
  EXPECT_THAT(Why(), ElementsAre(Is("next", ""), Is("room", "room for 12 more probes")));
  EXPECT_THAT(WhyIn(JobState::kBuilt), ElementsAre(Is("built", ""), Is("room", "12 more")));
  EXPECT_THAT(WhyIn(JobState::kPublished), ElementsAre(Is("published", "")));
}

TEST_F(ExplanationTest, WhoCouldBuildItDrains) {
  AddWorker().draining = true;
  AddWorker().capabilities.arch = Arch::kAarch64;
  EXPECT_THAT(Why(), ElementsAre(Is("draining", "every worker that could build it")));
}

TEST_F(ExplanationTest, OthersComeFirstAndAllAreBusy) {
  AddWorker().free_slots = 0;
  around_.ahead = 412;
  EXPECT_THAT(Why(), ElementsAre(Is("queue", "412 jobs ahead in its lane"), Is("busy", "is busy")));
  around_.ahead = 1;
  EXPECT_THAT(Why().front(), Is("queue", "1 job ahead"));
}

TEST_F(ExplanationTest, WhatNobodyCanBuildIsSaidBeforeTheQueue) {
  around_.ahead = 3;
  EXPECT_THAT(Why(), ElementsAre(Is("no_worker", ""), Is("queue", "3 jobs")));
}

TEST_F(ExplanationTest, ABackoffIsToldWithItsReason) {
  AddWorker();
  job_.not_before = kNow + absl::Minutes(1);
  job_.reason = {"input_unavailable", "the mirror answers 503"};
  EXPECT_THAT(Why(), ElementsAre(Is("backoff",
                                    "until 2027-01-15T08:01:00+00:00, after: the mirror "
                                    "answers 503")));
}

TEST_F(ExplanationTest, APauseComesFirst) {
  around_.paused = true;
  EXPECT_THAT(Why(), ElementsAre(Is("paused", "the farm is paused"), Is("no_worker", "")));
}

TEST_F(ExplanationTest, NothingHoldsItUp) {
  AddWorker();
  EXPECT_THAT(Why(), ElementsAre(Is("next", "about to take it")));
}

TEST_F(ExplanationTest, WhoHoldsItAndWhatItDoes) {
  around_.progress = "building";
  EXPECT_THAT(WhyIn(JobState::kLeased), ElementsAre(Is("leased", "worker w1: building")));
  EXPECT_THAT(WhyIn(JobState::kUploading), ElementsAre(Is("uploading", "worker w1")));
}

TEST_F(ExplanationTest, TroubleAtTheReleaseHostIsSaidWhereItMatters) {
  around_.release_host_error = "disk full";
  EXPECT_THAT(WhyIn(JobState::kBuilt), ElementsAre(Is("built", "trouble: disk full")));
  EXPECT_THAT(WhyIn(JobState::kVerifying), ElementsAre(Is("verifying", "trouble: disk full")));
}

TEST_F(ExplanationTest, AnEndIsTheReasonThatWasGiven) {
  EXPECT_THAT(WhyIn(JobState::kPublished), ElementsAre(Is("published", "w1")));
  EXPECT_THAT(WhyIn(JobState::kCancelled), ElementsAre(Is("cancelled", "a client")));
  job_.reason = {"compiler_error", "no member named 'state'"};
  EXPECT_THAT(WhyIn(JobState::kFailed), ElementsAre(Is("compiler_error", "no member")));
}

TEST_F(ExplanationTest, WhatWasWithdrawnComesFirstForAJobThatIsOver) {
  around_.withdrawn = "withdrawn on 2026-11-23T06:15:57Z: does not load";
  EXPECT_THAT(WhyIn(JobState::kPublished),
              ElementsAre(Is("withdrawn", "does not load"), Is("published", "by worker w1")));
  job_.reason = {"compiler_error", "it does not compile"};
  EXPECT_THAT(WhyIn(JobState::kFailed),
              ElementsAre(Is("withdrawn", "does not load"), Is("compiler_error", "compile")));
  job_.reason = {"withdrawn", "withdrawn on …"};
  EXPECT_THAT(WhyIn(JobState::kSkipped), ElementsAre(Is("withdrawn", "withdrawn on")));
  EXPECT_THAT(WhyIn(JobState::kUploading), ElementsAre(Is("uploading", "w1")));
}

}  // namespace
}  // namespace probefarm
