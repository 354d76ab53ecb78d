// probefarm-worker as a program: its engine, its name.
#include "absl/strings/match.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"
#include "tests/testing/farm/idle_engine.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;

using WorkerTest = SmallFarm;

TEST_F(WorkerTest, AnEngineThatDoesNotAnswerIsNamed) {
  std::string const socket = folder_ / "nobody.sock";
  auto const worker = StartWorker("w", {"--engine", "unix://" + socket});
  EXPECT_EQ(ExitCodeOf(*worker), 1);
  EXPECT_THAT(worker->errors(), AllOf(HasSubstr(socket), HasSubstr("does not answer"),
                                      HasSubstr("see that it runs")));
}

TEST_F(WorkerTest, AnEngineOfAnotherKindIsRefused) {
  auto const worker = StartWorker("w", {"--engine", "tcp://127.0.0.1:2375"});
  EXPECT_EQ(ExitCodeOf(*worker), 1);
  EXPECT_THAT(worker->errors(),
              AllOf(HasSubstr("tcp://127.0.0.1:2375"), HasSubstr("unix:///var/run/docker.sock")));
}

TEST_F(WorkerTest, OfTwoWorkersWithOneIdTheOlderStops) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  IdleEngine const engine(folder_ / "engine.sock");
  auto const older = StartWorker("older", {"--engine", engine.address(), "--id", "twin"});
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
  auto const younger = StartWorker("younger", {"--engine", engine.address(), "--id", "twin"});
  EXPECT_EQ(ExitCodeOf(*older), 1);
  EXPECT_THAT(older->errors(), HasSubstr("another worker uses the id twin"));
  EXPECT_TRUE(younger->running());
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
}

TEST_F(WorkerTest, WaitsForACoordinatorThatIsNotThereYet) {
  IdleEngine const engine(folder_ / "engine.sock");
  auto const worker = StartWorker("w", {"--engine", engine.address()});
  ASSERT_OK(WaitUntil("it says that nobody answers",
                      [&] { return absl::StrContains(worker->errors(), farm_.grpc()); }));
  ASSERT_NO_FATAL_FAILURE(Start({}));
  WaitForWorkers(1);
}

}  // namespace
}  // namespace probefarm
