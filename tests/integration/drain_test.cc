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

}  // namespace
}  // namespace probefarm
