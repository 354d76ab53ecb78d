#include "coordinator/scheduling/job_eligibility.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

absl::Time const kNow = absl::FromUnixSeconds(1'800'000'000);
Capabilities const kWorker{Arch::kX86_64, 1000, ""};

Job QueuedJob() {
  Job job;
  job.requirements = {Arch::kX86_64, 1000};
  job.not_before = kNow;
  return job;
}

TEST(JobEligibility, AQueuedJobWhoseTimeHasComeIsGrantable) {
  EXPECT_TRUE(IsGrantable(QueuedJob(), kWorker, kNow));
}

TEST(JobEligibility, ABackoffIsWaitedFor) {
  EXPECT_FALSE(IsGrantable(QueuedJob(), kWorker, kNow - absl::Nanoseconds(1)));
}

TEST(JobEligibility, OnlyAQueuedJobIsGrantable) {
  Job job = QueuedJob();
  job.state = JobState::kLeased;
  EXPECT_FALSE(IsGrantable(job, kWorker, kNow));
}

TEST(JobEligibility, AWorkerHasAllLabelsThatAreAskedFor) {
  Requirements needs{Arch::kX86_64, 0, {"pool=trusted", "zone=a"}};
  Capabilities worker = kWorker;
  EXPECT_EQ(UnmetRequirement(needs, worker)->code, "label");
  worker.labels = {"engine=docker", "pool=trusted"};
  EXPECT_EQ(UnmetRequirement(needs, worker)->text, "needs a worker with the label zone=a");
  worker.labels.insert("zone=a");
  EXPECT_EQ(UnmetRequirement(needs, worker), std::nullopt);
}

TEST(JobEligibility, AWorkerRunsTheBuildersThatItNamesOrElseWhichever) {
  Requirements needs{Arch::kX86_64, 0};
  needs.builder = "sha256:a";
  Capabilities worker = kWorker;
  EXPECT_EQ(UnmetRequirement(needs, worker), std::nullopt);
  worker.builders = {"sha256:b"};
  EXPECT_EQ(UnmetRequirement(needs, worker),
            (Reason{"builder", "needs a worker that runs builder image sha256:a"}));
  worker.builders.insert("sha256:a");
  EXPECT_EQ(UnmetRequirement(needs, worker), std::nullopt);
  needs.builder.clear();
  worker.builders = {"sha256:b"};
  EXPECT_EQ(UnmetRequirement(needs, worker), std::nullopt);
}

TEST(JobEligibility, DiskThatAWorkerHasNotToldPreventsNothing) {
  Requirements needs{Arch::kX86_64, 0};
  needs.disk_bytes = 1000;
  Capabilities worker = kWorker;
  EXPECT_EQ(UnmetRequirement(needs, worker), std::nullopt);
  worker.free_disk_bytes = 1000;
  EXPECT_EQ(UnmetRequirement(needs, worker), std::nullopt);
  worker.free_disk_bytes = 999;
  EXPECT_EQ(UnmetRequirement(needs, worker),
            (Reason{"disk", "needs 1000 bytes of free disk; this worker has 999"}));
  needs.disk_bytes = 0;
  worker.free_disk_bytes = 0;
  EXPECT_EQ(UnmetRequirement(needs, worker), std::nullopt);
}

TEST(JobEligibility, TheUnmetRequirementIsNamed) {
  EXPECT_EQ(UnmetRequirement({Arch::kX86_64, 1000}, kWorker), std::nullopt);
  EXPECT_EQ(UnmetRequirement({Arch::kAarch64, 0}, kWorker)->code, "arch");
  EXPECT_EQ(UnmetRequirement({Arch::kX86_64, 1001}, kWorker)->code, "memory");
  Job job = QueuedJob();
  job.requirements.memory_bytes = 1001;
  EXPECT_FALSE(IsGrantable(job, kWorker, kNow));
}

}  // namespace
}  // namespace probefarm
