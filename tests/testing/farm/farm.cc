#include "tests/testing/farm/farm.h"

#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/runtime/status_macros.h"
#include "tests/testing/farm/free_port.h"

namespace probefarm {
namespace {

using Json = nlohmann::json;

constexpr char kConfig[] = R"(drivers:
  - version: 8.0.0+driver
    source: {deb: {suite: bookworm, package: falcosecurity-scap-dkms}}
feeds:
  debian:
    - name: small
      mirror: {main: "$MIRROR", security: "$MIRROR"}
      keyring: $KEYRING
      suites: [bookworm]
      flavours: [cloud-amd64]
builders:
  - {name: bookworm, archive: $BUILDER}
build_limits: {memory: 512MB}
leases: {ttl: $TTL, $LEASESbackoff_base: 100ms, backoff_limit: 500ms}
releases: $RELEASES
)";

std::vector<std::string> WithVariable(std::string const& variable,
                                      std::vector<std::string> command) {
  if (!variable.empty()) command.insert(command.begin(), {"/usr/bin/env", variable});
  return command;
}

}  // namespace

Farm::Farm(std::string folder)
    : folder_(std::move(folder)),
      grpc_(absl::StrCat("127.0.0.1:", FreePort())),
      http_(absl::StrCat("127.0.0.1:", FreePort())) {}

std::string Farm::Program(std::string const& name) { return absl::StrCat(PROGRAM_DIR "/", name); }

void Farm::WriteConfig(FarmConfig const& config) const {
  std::string const releases = config.releases.empty()
                                   ? absl::StrCat("{directory: {root: ", folder_, "/releases}}")
                                   : config.releases;
  std::ofstream(config_path()) << absl::StrReplaceAll(kConfig, {{"$MIRROR", config.mirror},
                                                                {"$KEYRING", config.keyring},
                                                                {"$BUILDER", config.builder},
                                                                {"$TTL", config.ttl},
                                                                {"$LEASES", config.leases},
                                                                {"$RELEASES", releases}})
                               << config.more;
}

std::vector<std::string> Farm::CoordinatorCommand() const {
  return {Program("probefarm-coordinator"),
          "--config",
          config_path(),
          "--data-dir",
          folder_ + "/data",
          "--listen",
          grpc_,
          "--http",
          http_};
}

absl::Status Farm::StartCoordinator(std::string const& variable) {
  coordinator_.reset();
  std::string const log = folder_ + "/coordinator.log";
  std::ofstream(log, std::ios::app) << "-- start\n";
  ASSIGN_OR_RETURN(coordinator_,
                   RunningProgram::Start(WithVariable(variable, CoordinatorCommand()), log));
  auto const of_this_run = [this] {
    std::string const all = coordinator_->errors();
    return all.substr(all.rfind("-- start\n"));
  };
  RETURN_IF_ERROR(WaitUntil("the coordinator serves", [&] {
    return absl::StrContains(of_this_run(), " serving grpc=") || !coordinator_->running();
  }));
  if (coordinator_->running()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the coordinator ended instead of serving: ", of_this_run()));
}

std::vector<std::string> Farm::Command(std::string const& program) const {
  std::vector<std::string> argv = {Program(program), "--coordinator", grpc_};
  if (!tls_ca_.empty()) argv.insert(argv.end(), {"--tls-ca", tls_ca_});
  return argv;
}

absl::StatusOr<std::unique_ptr<RunningProgram>> Farm::StartWorker(
    std::string const& name, std::vector<std::string> const& options,
    std::string const& variable) const {
  std::vector<std::string> argv = Command("probefarm-worker");
  argv.insert(argv.end(), {"--cache-dir", WorkerFolder(name)});
  argv.insert(argv.end(), options.begin(), options.end());
  return RunningProgram::Start(WithVariable(variable, std::move(argv)),
                               WorkerFolder(name) + ".log");
}

absl::StatusOr<SubprocessResult> Farm::Client(std::vector<std::string> arguments) const {
  SubprocessCommand command;
  command.argv = Command("probefarm");
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.timeout = kPatience;
  return RunSubprocess(command);
}

absl::StatusOr<std::unique_ptr<RunningProgram>> Farm::StartClient(
    std::string const& name, std::vector<std::string> arguments) const {
  std::vector<std::string> argv = Command("probefarm");
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return RunningProgram::Start(std::move(argv), absl::StrCat(folder_, "/", name, ".log"));
}

absl::StatusOr<Json> Farm::Ask(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"-o", "json"});
  ASSIGN_OR_RETURN(SubprocessResult const result, Client(std::move(arguments)));
  if (result.exit_code != 0) {
    return absl::UnknownError(
        absl::StrCat("the client ended with ", result.exit_code, ": ", result.errors));
  }
  Json json = Json::parse(result.output, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return absl::DataLossError(absl::StrCat("not JSON: ", result.output));
  return json;
}

Json Farm::Job(int64_t id) const {
  absl::StatusOr<Json> job = Ask({"job", absl::StrCat(id)});
  return job.ok() ? *std::move(job) : Json();
}

absl::Status Farm::WaitForState(int64_t job, std::string const& state) const {
  Json last;
  absl::Status waited = WaitUntil(absl::StrCat("job ", job, " is ", state), [&] {
    last = Job(job);
    return last.value("state", "") == state;
  });
  return Annotate(waited, last.dump());
}

}  // namespace probefarm
