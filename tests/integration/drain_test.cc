// Workers that are asked to stop.
#include <csignal>

#include "absl/strings/match.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class DrainTest : public BuildingFarm {
 protected:
  // Long, so that no lease that comes back can have expired.
  DrainTest() { config_.ttl = "10m"; }
};

TEST_F(DrainTest, AWorkerFinishesWhatItHoldsAndTakesNothingNew) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1, .holds_builds = true}, {.abi = 2}}));
  auto const worker = StartWorker("w");
  json const held = BackfillOne({"--kernel", "6.1.0-1-", "--kind", "kmod"});
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("w"));
  worker->Signal(SIGTERM);
  ASSERT_OK(
      WaitUntil("it drains", [&] { return absl::StrContains(worker->errors(), "draining"); }));
  json const next = BackfillOne({"--kernel", "6.1.0-2-", "--kind", "kmod"});
  ASSERT_NO_FATAL_FAILURE(LetGo("w"));
  EXPECT_EQ(ExitCodeOf(*worker), 0);
  EXPECT_EQ(farm_.Job(held["id"])["state"], "published");
  EXPECT_EQ(farm_.Job(next["id"])["state"], "queued");
  EXPECT_EQ(farm_.Job(next["id"])["epoch"], 0);
}

TEST_F(DrainTest, ASecondSignalGivesTheJobBackAtOnce) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1, .holds_builds = true}}));
  auto const worker = StartWorker("w");
  json const job = BackfillOne({"--kind", "kmod"});
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("w"));
  worker->Signal(SIGTERM);
  ASSERT_OK(
      WaitUntil("it drains", [&] { return absl::StrContains(worker->errors(), "draining"); }));
  worker->Signal(SIGTERM);
  EXPECT_EQ(ExitCodeOf(*worker), 0);
  json const released = farm_.Job(job["id"]);
  EXPECT_EQ(released["state"], "queued");
  EXPECT_EQ(released["attempts"], 0);
  EXPECT_EQ(released["reason"]["code"], "worker_stopped");
  EXPECT_EQ(Builds("w"), 0U);
}

TEST_F(DrainTest, ADrainThatTakesTooLongGivesTheJobBack) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1, .holds_builds = true}}));
  auto const worker = StartWorker("w", 1, {"--drain-timeout", "1s"});
  json const job = BackfillOne({"--kind", "kmod"});
  ASSERT_NO_FATAL_FAILURE(WaitForBuilds("w"));
  worker->Signal(SIGTERM);
  EXPECT_EQ(ExitCodeOf(*worker), 0);
  json const released = farm_.Job(job["id"]);
  EXPECT_EQ(released["state"], "queued");
  EXPECT_EQ(released["attempts"], 0);
  EXPECT_EQ(Builds("w"), 0U);
}

TEST_F(DrainTest, AnIdleWorkerEndsAtOnce) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorker("w", 2);
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
  worker->Signal(SIGTERM);
  absl::StatusOr<int> const ended = worker->WaitForExit(absl::Seconds(5));
  ASSERT_OK(ended);
  EXPECT_EQ(*ended, 0) << worker->errors();
}

TEST_F(DrainTest, AnOperatorsDrainHoldsUntilItIsTakenBack) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorker("w");
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
  std::string const id = engine_->WorkerId("w");
  ASSERT_OK_AND_ASSIGN(SubprocessResult const drained, farm_.Client({"drain", id}));
  EXPECT_EQ(drained.exit_code, 0) << drained.errors;
  EXPECT_EQ(farm_.Client({"drain", "nobody"})->exit_code, 1);
  json const job = BackfillOne({"--kind", "kmod"});
  EXPECT_EQ(farm_.Client({"resume", id})->exit_code, 0);
  ASSERT_OK(farm_.WaitForState(job["id"], "published"));
}

TEST_F(DrainTest, AWorkerThatAnOperatorDrainsEnds) {
  config_.ttl = "3s";
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorker("w");
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
  EXPECT_EQ(farm_.Client({"drain", engine_->WorkerId("w")})->exit_code, 0);
  EXPECT_EQ(ExitCodeOf(*worker), 0);
  EXPECT_THAT(worker->errors(), HasSubstr("the coordinator wants it"));
}

TEST_F(DrainTest, APausedFarmBeginsNothingUntilItIsResumed) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  EXPECT_EQ(farm_.Client({"pause"})->exit_code, 0);
  auto const worker = StartWorker("w");
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
  json const job = BackfillOne({"--kind", "kmod"});
  EXPECT_THAT(farm_.Client({"explain", job["id"].dump()})->output, HasSubstr("the farm is paused"));
  EXPECT_EQ(farm_.Ask({"status"}).value()["paused"], true);
  EXPECT_EQ(farm_.Client({"resume"})->exit_code, 0);
  ASSERT_OK(farm_.WaitForState(job["id"], "published"));
}

}  // namespace
}  // namespace probefarm
