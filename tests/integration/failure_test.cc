// Builds that cannot succeed, and jobs that somebody stops.
#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class FailureTest : public BuildingFarm {
 protected:
  // The job, once it has failed for good.
  json Failed(json const& job) {
    EXPECT_OK(farm_.WaitForState(job["id"], "failed"));
    return farm_.Job(job["id"]);
  }

  SubprocessResult Client(std::vector<std::string> arguments) const {
    absl::StatusOr<SubprocessResult> result = farm_.Client(std::move(arguments));
    EXPECT_OK(result);
    return result.ok() ? *std::move(result) : SubprocessResult{-1, "", ""};
  }
};

TEST_F(FailureTest, ACompilerErrorIsKeptAsTheAnswer) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1, .renames_task_state = true}}));
  auto const worker = StartWorker("w", 2);
  SubprocessResult const watched = Client({"backfill", "--watch"});
  EXPECT_EQ(watched.exit_code, 1);
  EXPECT_THAT(watched.errors, HasSubstr("2 probes cannot be built"));
  EXPECT_THAT(watched.output, HasSubstr("no member named 'state'"));

  ASSERT_OK_AND_ASSIGN(json const jobs, farm_.Ask({"jobs", "--state", "failed"}));
  ASSERT_EQ(jobs.size(), 2U);
  for (json const& job : jobs) {
    EXPECT_EQ(job["reason"]["code"], "compiler_error");
    EXPECT_THAT(job["reason"]["text"].get<std::string>(),
                AllOf(HasSubstr("error: "), HasSubstr("no member named 'state'")));
    EXPECT_THAT(LogOf(job), HasSubstr("no member named 'state'"));
  }
  EXPECT_EQ(Published(), 0);
}

TEST_F(FailureTest, WhatIsKnownToFailIsTriedAgainOnlyOnDemand) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1, .renames_task_state = true}}));
  auto const worker = StartWorker("w");
  json const job = Failed(BackfillOne({"--kind", "kmod"}));
  EXPECT_EQ(job["attempts"], 1);
  ASSERT_OK_AND_ASSIGN(json const again, farm_.Ask({"backfill", "--kind", "kmod"}));
  EXPECT_EQ(again["enqueued"], 0);
  EXPECT_EQ(again["known_to_fail"], 1);

  EXPECT_EQ(Client({"retry", job["id"].dump()}).exit_code, 0);
  ASSERT_OK(WaitUntil("it runs again", [&] { return farm_.Job(job["id"])["epoch"] == 2; }));
  EXPECT_EQ(Failed(job)["reason"]["code"], "compiler_error");
}

TEST_F(FailureTest, ASourceWithoutAMakefileIsNamed) {
  driver_lacks_ = "Makefile";
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorker("w");
  json const job = Failed(BackfillOne({"--kind", "kmod"}));
  EXPECT_EQ(job["reason"]["code"], "source_unusable");
  EXPECT_THAT(job["reason"]["text"].get<std::string>(),
              AllOf(HasSubstr("8.0.0+driver"), HasSubstr("no Makefile")));
}

TEST_F(FailureTest, AVanishedPackageIsNamed) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  archive_->Lose("linux-headers-6.1.0-1-common");
  auto const worker = StartWorker("w");
  json const job = Failed(BackfillOne({"--kind", "kmod"}));
  EXPECT_EQ(job["reason"]["code"], "input_gone");
  EXPECT_THAT(job["reason"]["text"].get<std::string>(),
              AllOf(HasSubstr("linux-headers-6.1.0-1-common_6.1.1-1_amd64.deb"), HasSubstr("404")));
  EXPECT_EQ(Published(), 0);
}

TEST_F(FailureTest, APackageWithOtherBytesIsNamed) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  archive_->Spoil("linux-kbuild-6.1");
  auto const worker = StartWorker("w");
  json const job = Failed(BackfillOne({"--kind", "kmod"}));
  EXPECT_EQ(job["reason"]["code"], "input_digest_mismatch");
  EXPECT_THAT(
      job["reason"]["text"].get<std::string>(),
      AllOf(HasSubstr("linux-kbuild-6.1_6.1.1-1_amd64.deb"), HasSubstr("expected SHA-256")));
  EXPECT_EQ(Published(), 0);
}

TEST_F(FailureTest, ACancelledJobIsNotBuilt) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  std::vector<json> const jobs = Backfill();
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(Client({"cancel", jobs[0]["id"].dump()}).exit_code, 0);
  auto const worker = StartWorker("w");
  ASSERT_OK(farm_.WaitForState(jobs[1]["id"], "published"));
  json const cancelled = farm_.Job(jobs[0]["id"]);
  EXPECT_EQ(cancelled["state"], "cancelled");
  EXPECT_EQ(cancelled["epoch"], 0);
  EXPECT_EQ(Client({"cancel", jobs[1]["id"].dump()}).exit_code, 1);
}

TEST_F(FailureTest, CancellingARunningJobEndsItsContainer) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1, .holds_builds = true}, {.abi = 2}}));
  auto const worker = StartWorker("w");
  json const held = BackfillOne({"--kernel", "6.1.0-1-", "--kind", "kmod"});
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("w"));
  EXPECT_EQ(Client({"cancel", held["id"].dump()}).exit_code, 0);
  EXPECT_EQ(farm_.Job(held["id"])["state"], "cancelled");
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("w", 0));
  json const next = BackfillOne({"--kernel", "6.1.0-2-", "--kind", "kmod"});
  ASSERT_OK(farm_.WaitForState(next["id"], "published"));
  EXPECT_EQ(farm_.Job(held["id"])["state"], "cancelled");
}

}  // namespace
}  // namespace probefarm
