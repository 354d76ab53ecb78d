// probefarm-worker as a program: its engine, its name.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
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

TEST_F(WorkerTest, SaysItsLabels) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  IdleEngine const engine(folder_ / "engine.sock");
  auto const worker = StartWorker(
      "w", {"--engine", engine.address(), "--label", "pool=trusted", "--label", "zone=a"});
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
  ASSERT_OK_AND_ASSIGN(auto const workers, farm_.Ask({"workers"}));
  EXPECT_EQ(workers[0]["labels"]["pool"], "trusted");
  EXPECT_EQ(workers[0]["labels"]["zone"], "a");
  auto const wrong = StartWorker("wrong", {"--engine", engine.address(), "--label", "trusted"});
  EXPECT_EQ(ExitCodeOf(*wrong), 2);
  EXPECT_THAT(wrong->errors(), HasSubstr("KEY=VALUE"));
}

TEST_F(WorkerTest, IsLeasedOnlyWhatItsBuildersBuild) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  nlohmann::json const job = BackfillOne({"--kind", "kmod"});
  IdleEngine const engine(folder_ / "engine.sock");
  std::string const other = "sha256:" + std::string(64, '0');
  auto const worker = StartWorker("w", {"--engine", engine.address(), "--builder", other});
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
  ASSERT_OK_AND_ASSIGN(auto const workers, farm_.Ask({"workers"}));
  EXPECT_EQ(workers[0]["builders"], nlohmann::json({other}));
  EXPECT_GT(workers[0]["free_disk_bytes"], 0);
  ASSERT_OK_AND_ASSIGN(auto const why, farm_.Client({"explain", job["id"].dump()}));
  EXPECT_THAT(why.output, HasSubstr("no worker runs builder image sha256:"));
  ASSERT_OK_AND_ASSIGN(auto const table, farm_.Client({"workers", "-o", "table"}));
  EXPECT_THAT(table.output, AllOf(HasSubstr("FREE DISK"), HasSubstr("000000000000 ")));
  EXPECT_EQ(farm_.Job(job["id"])["epoch"], 0);
  auto const willing = StartWorker("willing", {"--engine", engine.address()});
  ASSERT_OK(
      WaitUntil("the other one is leased it", [&] { return farm_.Job(job["id"])["epoch"] != 0; }));
  EXPECT_NE(farm_.Job(job["id"])["worker"], workers[0]["id"]);
  auto const wrong = StartWorker("wrong", {"--engine", engine.address(), "--builder", "bookworm"});
  EXPECT_EQ(ExitCodeOf(*wrong), 2);
  EXPECT_THAT(wrong->errors(), HasSubstr("'bookworm' is no image id"));
}

TEST_F(WorkerTest, WaitsForACoordinatorThatIsNotThereYet) {
  IdleEngine const engine(folder_ / "engine.sock");
  auto const worker = StartWorker("w", {"--engine", engine.address()});
  ASSERT_OK(WaitUntil("it says that nobody answers",
                      [&] { return absl::StrContains(worker->errors(), farm_.grpc()); }));
  ASSERT_NO_FATAL_FAILURE(Start({}));
  WaitForWorkers(1);
}

// A worker whose cache folder is no good, in a namespace where that can be arranged.
class WorkerCacheTest : public WorkerTest {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    namespace fs = std::filesystem;
    fs::create_directory(cache_);
    fs::permissions(cache_, fs::perms::owner_all);
    fs::permissions(folder_.path(), fs::perms::all);
    fs::permissions(folder_ / "engine.sock", fs::perms::all);
  }

  // `script` sees the folder as $cache and runs the worker as "$@".
  std::unique_ptr<RunningProgram> StartBehind(std::string const& script) {
    absl::StatusOr<std::unique_ptr<RunningProgram>> worker = RunningProgram::Start(
        {"/usr/bin/unshare", "--mount", "sh", "-c", absl::StrCat("cache=$1; shift; ", script), "sh",
         cache_, Farm::Program("probefarm-worker"), "--coordinator", farm_.grpc(), "--engine",
         engine_.address(), "--cache-dir", cache_},
        folder_ / "worker.log");
    EXPECT_OK(worker);
    return worker.ok() ? *std::move(worker) : nullptr;
  }

  std::string const cache_ = folder_ / "cache";
  IdleEngine const engine_{folder_ / "engine.sock"};
};

TEST_F(WorkerCacheTest, ThatIsReadOnlyIsNamed) {
  auto const worker = StartBehind("mount -t tmpfs -o ro none $cache && exec \"$@\"");
  EXPECT_EQ(ExitCodeOf(*worker), 1);
  EXPECT_THAT(worker->errors(), AllOf(HasSubstr(cache_), HasSubstr("Read-only file system")));
}

TEST_F(WorkerCacheTest, ThatIsSomebodyElsesIsNamed) {
  auto const worker = StartBehind("exec setpriv --reuid 65534 --clear-groups \"$@\"");
  EXPECT_EQ(ExitCodeOf(*worker), 1);
  EXPECT_THAT(worker->errors(), AllOf(HasSubstr(cache_), HasSubstr("Permission denied")));
}

TEST_F(WorkerCacheTest, OnAFullDiskNoLeaseIsTaken) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  nlohmann::json const job = BackfillOne({"--kind", "kmod"});
  auto const worker = StartBehind("mount -t tmpfs -o size=64k none $cache && exec \"$@\"");
  ASSERT_OK(WaitUntil("it says that it asks for none", [&] {
    return absl::StrContains(worker->errors(), "no lease is asked for");
  }));
  EXPECT_THAT(worker->errors(), HasSubstr(cache_));
  EXPECT_EQ(farm_.Job(job["id"])["state"], "queued");
}

TEST_F(WorkerCacheTest, WithoutRoomForAJobGetsItOnceThereIsSome) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  nlohmann::json const job = BackfillOne({"--kind", "kmod"});
  std::string const more = folder_ / "more";
  auto const worker = StartBehind(absl::StrCat(
      "mount -t tmpfs -o size=900m none $cache && { (for i in $(seq 300); do [ -e ", more,
      " ] && mount -o remount,size=3g $cache && break; sleep 0.1; done) & "
      "exec \"$@\" --min-free 100MB; }"));
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
  ASSERT_OK_AND_ASSIGN(auto const why, farm_.Client({"explain", job["id"].dump()}));
  EXPECT_THAT(why.output, HasSubstr("no worker has 1 GiB of free disk; the most is 0."));
  EXPECT_EQ(farm_.Job(job["id"])["epoch"], 0);
  std::ofstream(more) << '\n';
  EXPECT_OK(WaitUntil("it is leased the job", [&] { return farm_.Job(job["id"])["epoch"] != 0; }));
}

}  // namespace
}  // namespace probefarm
