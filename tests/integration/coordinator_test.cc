// probefarm-coordinator as a program: how it starts, refuses to start, answers and stops.
#include <csignal>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/raw_call.h"
#include "tests/integration/small_farm.h"
#include "tests/testing/farm/idle_engine.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kServing[] = "\x08\x01";        // HealthCheckResponse{status: SERVING}
constexpr char kListServices[] = "\x3a\x01*";  // ServerReflectionRequest{list_services: "*"}
constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

class CoordinatorTest : public SmallFarm {
 protected:
  // What a coordinator says that does not start.
  static std::string WhyNot(std::vector<std::string> command) {
    absl::StatusOr<SubprocessResult> const result = RunSubprocess({.argv = std::move(command)});
    EXPECT_OK(result);
    if (!result.ok()) return "";
    EXPECT_EQ(result->exit_code, 1);
    return result->errors;
  }

  // The command line of farm_ with one option's value replaced.
  std::vector<std::string> CommandWith(std::string const& option, std::string const& value) const {
    std::vector<std::string> command = farm_.CoordinatorCommand();
    *(std::find(command.begin(), command.end(), option) + 1) = value;
    return command;
  }

  std::string Get(std::string const& path) const {
    absl::StatusOr<SubprocessResult> const got =
        RunSubprocess({.argv = {"curl", "-sf", absl::StrCat("http://", farm_.http(), path)}});
    EXPECT_OK(got);
    EXPECT_EQ(got->exit_code, 0) << path;
    return got->output;
  }
};

TEST_F(CoordinatorTest, EveryErrorOfItsConfigurationIsNamedWithFileLineAndKey) {
  std::ofstream(farm_.config_path()) << "drivers: []\n"
                                        "feeds: {debian: []}\n"
                                        "builders:\n"
                                        "- {name: bookworm, archiv: x.tar}\n"
                                        "releases: {directory: {root: r}}\n"
                                        "leases: {ttl: soon}\n";
  std::string const errors = WhyNot(farm_.CoordinatorCommand());
  std::string const file = farm_.config_path();
  EXPECT_THAT(errors, AllOf(HasSubstr(file + ":4: builders[0].archiv: is not a known key"),
                            HasSubstr(file + ":4: builders[0].archive: is missing"),
                            HasSubstr(file + ":6: leases.ttl: ")));
}

TEST_F(CoordinatorTest, AMissingConfigurationIsNamed) {
  EXPECT_THAT(WhyNot(farm_.CoordinatorCommand()), HasSubstr(farm_.config_path()));
}

TEST_F(CoordinatorTest, AWrongCommandLineIsUsage) {
  ASSERT_OK_AND_ASSIGN(
      SubprocessResult const result,
      RunSubprocess({.argv = {Farm::Program("probefarm-coordinator"), "--config", "x"}}));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.errors, HasSubstr("--data-dir"));
}

TEST_F(CoordinatorTest, APortInUseIsNamed) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  Farm const other{folder_ / "other"};
  std::string const data = folder_ / "data2";
  std::vector<std::string> command = CommandWith("--data-dir", data);
  *(std::find(command.begin(), command.end(), "--http") + 1) = other.http();
  EXPECT_THAT(WhyNot(command), AllOf(HasSubstr(farm_.grpc()), HasSubstr("in use")));
  command = CommandWith("--data-dir", data);
  *(std::find(command.begin(), command.end(), "--listen") + 1) = other.grpc();
  EXPECT_THAT(WhyNot(command), AllOf(HasSubstr(farm_.http()), HasSubstr("in use")));
}

TEST_F(CoordinatorTest, ADataFolderHasOneCoordinator) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  Farm const other{folder_ / "other"};
  std::vector<std::string> command = CommandWith("--listen", other.grpc());
  *(std::find(command.begin(), command.end(), "--http") + 1) = other.http();
  EXPECT_THAT(WhyNot(command), AllOf(HasSubstr(folder_ / "data"), HasSubstr("another")));
  EXPECT_OK(farm_.Ask({"status"}));
}

TEST_F(CoordinatorTest, ABuilderArchiveThatIsNoneIsNamed) {
  ASSERT_NO_FATAL_FAILURE(Publish({}));
  config_.builder = folder_ / "builder.tar";
  farm_.WriteConfig(config_);
  EXPECT_THAT(WhyNot(farm_.CoordinatorCommand()),
              AllOf(HasSubstr(config_.builder), HasSubstr("scripts/builder-image")));
  std::ofstream(config_.builder) << "not a tar archive";
  EXPECT_THAT(WhyNot(farm_.CoordinatorCommand()),
              AllOf(HasSubstr(config_.builder), HasSubstr("scripts/builder-image")));
}

TEST_F(CoordinatorTest, AnswersMonitoring) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  EXPECT_THAT(Get("/healthz"), HasSubstr("alive"));
  EXPECT_THAT(Get("/readyz"), HasSubstr("ready"));
  EXPECT_THAT(Get("/metrics"), HasSubstr("probefarm_feed_kernels"));
  ASSERT_OK_AND_ASSIGN(std::string const health,
                       RawCall(farm_.grpc(), "/grpc.health.v1.Health/Check", ""));
  EXPECT_EQ(health, kServing);
}

TEST_F(CoordinatorTest, DescribesItselfOnlyWhenItIsTold) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  EXPECT_THAT(RawCall(farm_.grpc(), kReflection, kListServices),
              StatusIs(absl::StatusCode::kUnimplemented));
  farm_.coordinator().Signal(SIGTERM);
  EXPECT_EQ(ExitCodeOf(farm_.coordinator()), 0);
  config_.more = "reflection: true\n";
  ASSERT_NO_FATAL_FAILURE(StartCoordinator());
  ASSERT_OK_AND_ASSIGN(std::string const services,
                       RawCall(farm_.grpc(), kReflection, kListServices));
  EXPECT_THAT(services, HasSubstr("probefarm.v1.JobService"));
}

TEST_F(CoordinatorTest, StopsWithinSecondsWhileWorkersWaitForWork) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  IdleEngine const engine(folder_ / "engine.sock");
  auto const worker = StartWorker("w", {"--engine", engine.address(), "--slots", "4"});
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
  farm_.coordinator().Signal(SIGTERM);
  absl::StatusOr<int> const ended = farm_.coordinator().WaitForExit(absl::Seconds(5));
  ASSERT_OK(ended);
  EXPECT_EQ(*ended, 0) << farm_.coordinator_log();
  EXPECT_THAT(farm_.coordinator_log(), HasSubstr("info stopped"));
  ASSERT_OK(WaitUntil("the worker sees that nobody is there",
                      [&] { return absl::StrContains(worker->errors(), "heartbeat failed"); }));
  EXPECT_THAT(worker->errors(), Not(HasSubstr("CANCELLED")));  // every question was answered
}

TEST_F(CoordinatorTest, KeepsWhatItAcknowledgedWhenItIsKilled) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  ASSERT_EQ(Backfill().size(), 2U);
  farm_.coordinator().Signal(SIGKILL);
  ASSERT_OK(farm_.StartCoordinator());
  ASSERT_OK_AND_ASSIGN(nlohmann::json const jobs, farm_.Ask({"jobs", "--state", "queued"}));
  EXPECT_EQ(jobs.size(), 2U);
}

}  // namespace
}  // namespace probefarm
