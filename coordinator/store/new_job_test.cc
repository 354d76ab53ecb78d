#include "coordinator/store/new_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

NewJob GoodJob() {
  NewJob job;
  job.probe = {"8.0.0+driver", Arch::kX86_64, "debian", "6.1.0-1-amd64", "1", Kind::kKmod};
  job.file_name = "falco_debian_6.1.0-1-amd64_1.ko";
  job.spec = "{}\n";
  return job;
}

void ExpectRefused(NewJob const& job, std::string const& why) {
  EXPECT_THAT(CheckNewJob(job), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(why)));
}

TEST(NewJob, AGoodOneEntersTheQueueNow) {
  absl::Time const now = absl::FromUnixSeconds(1'800'000'000);
  EXPECT_OK(CheckNewJob(GoodJob()));
  Job const job = QueuedJob(GoodJob(), now);
  EXPECT_EQ(job.probe, GoodJob().probe);
  EXPECT_EQ(job.state, JobState::kQueued);
  EXPECT_EQ(job.not_before, now);
  EXPECT_EQ(job.created_at, now);
}

TEST(NewJob, WhatIsWrongIsNamed) {
  NewJob job = GoodJob();
  job.probe.driver_version = "a/b";
  ExpectRefused(job, "a/b");
  job = GoodJob();
  job.file_name = "../x";
  ExpectRefused(job, "6.1.0-1-amd64");
  job = GoodJob();
  job.probe.target.clear();
  ExpectRefused(job, "target");
  job = GoodJob();
  job.probe.kernel_release.clear();
  ExpectRefused(job, "kernel release");
  job = GoodJob();
  job.spec.clear();
  ExpectRefused(job, "spec");
  job = GoodJob();
  job.requirements.memory_bytes = -1;
  ExpectRefused(job, "memory");
  job = GoodJob();
  job.requirements.disk_bytes = -1;
  ExpectRefused(job, "disk");
  job = GoodJob();
  job.run_limit = absl::ZeroDuration();
  ExpectRefused(job, "run limit");
}

}  // namespace
}  // namespace probefarm
