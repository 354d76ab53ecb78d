// Workers and coordinators that are killed while builds run.
#include <csignal>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

using CrashTest = BuildingFarm;

TEST_F(CrashTest, AJobOfAKilledWorkerIsBuiltByAnotherOnce) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1, .holds_builds = true}}));
  auto first = StartWorker("first");
  json const job = BackfillOne({"--kind", "kmod"});
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("first"));
  ASSERT_OK(WaitUntil("the log begins", [&] { return absl::StrContains(LogOf(job), "HOLD"); }));
  first->Signal(SIGKILL);
  EXPECT_EQ(ExitCodeOf(*first), 128 + SIGKILL);

  auto const second = StartWorker("second");
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("second"));
  EXPECT_EQ(Builds("first"), 1U);
  ASSERT_NO_FATAL_FAILURE(LetGo("second"));
  ASSERT_OK(farm_.WaitForState(job["id"], "published"));
  json const published = farm_.Job(job["id"]);
  EXPECT_EQ(published["attempts"], 2);
  EXPECT_EQ(published["worker"], engine_->WorkerId("second"));
  EXPECT_EQ(Published(), 1);
  EXPECT_THAT(LogOf(job), EndsWith(LastLine(job)));
  EXPECT_THAT(LogOf(job, {"--epoch", "1"}), AllOf(HasSubstr("HOLD"), Not(HasSubstr("CC [M]"))));

  auto const again = StartWorker("first");
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("first", 0));
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(2));
  EXPECT_EQ(farm_.Job(job["id"])["epoch"], 2);
}

TEST_F(CrashTest, AWorkerThatSleptEndsWhatIsNotItsOwnAnyMore) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1, .holds_builds = true}}));
  auto const sleeper = StartWorker("sleeper");
  json const job = BackfillOne({"--kind", "kmod"});
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("sleeper"));
  sleeper->Signal(SIGSTOP);
  absl::Time const asleep = absl::Now();
  auto const second = StartWorker("second");
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("second"));
  EXPECT_EQ(farm_.Job(job["id"])["epoch"], 2);
  ASSERT_OK(WaitUntil("twice the ttl has passed",
                      [&] { return absl::Now() - asleep > absl::Seconds(8); }));
  sleeper->Signal(SIGCONT);
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("sleeper", 0));
  EXPECT_THAT(sleeper->errors(), HasSubstr("no heartbeat was acknowledged in time"));
  ASSERT_NO_FATAL_FAILURE(LetGo("second"));
  ASSERT_OK(farm_.WaitForState(job["id"], "published"));
  EXPECT_EQ(farm_.Job(job["id"])["worker"], engine_->WorkerId("second"));
  EXPECT_EQ(Published(), 1);
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(2));
}

// The signal that ends the coordinator.
class CoordinatorCrashTest : public BuildingFarm, public testing::WithParamInterface<int> {
 protected:
  void StopCoordinator() {
    farm_.coordinator().Signal(GetParam());
    EXPECT_EQ(ExitCodeOf(farm_.coordinator()), GetParam() == SIGTERM ? 0 : 128 + GetParam());
  }

  void ExpectBuiltOnce(json const& job) {
    ASSERT_OK(farm_.WaitForState(job["id"], "published"));
    json const published = farm_.Job(job["id"]);
    EXPECT_EQ(published["epoch"], 1);
    EXPECT_EQ(published["attempts"], 1);
    EXPECT_EQ(Published(), 1);
    EXPECT_THAT(LogOf(job), AllOf(HasSubstr("HOLD"), EndsWith(LastLine(job))));
  }
};

TEST_P(CoordinatorCrashTest, ABuildGoesOnOverTheRestart) {
  config_.ttl = "30s";
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1, .holds_builds = true}}));
  auto const worker = StartWorker("w");
  json const job = BackfillOne({"--kind", "kmod"});
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("w"));
  StopCoordinator();
  ASSERT_OK(farm_.StartCoordinator());
  EXPECT_EQ(Builds("w"), 1U);
  ASSERT_NO_FATAL_FAILURE(LetGo("w"));
  ExpectBuiltOnce(job);
}

TEST_P(CoordinatorCrashTest, WhatIsBuiltMeanwhileIsPublishedAfterwards) {
  config_.ttl = "30s";
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1, .holds_builds = true}}));
  auto const worker = StartWorker("w");
  json const job = BackfillOne({"--kind", "kmod"});
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("w"));
  StopCoordinator();
  ASSERT_NO_FATAL_FAILURE(LetGo("w"));
  ASSERT_OK(WaitUntil("the build is done",
                      [&] { return absl::StrContains(worker->errors(), "info built "); }));
  ASSERT_OK(farm_.StartCoordinator());
  ExpectBuiltOnce(job);
}

INSTANTIATE_TEST_SUITE_P(Signals, CoordinatorCrashTest, testing::Values(SIGKILL, SIGTERM),
                         [](auto const& test) {
                           return test.param == SIGKILL ? "Killed" : "Terminated";
                         });

}  // namespace
}  // namespace probefarm
