#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/runtime/subprocess.h"
#include "tests/testing/farm/running_program.h"

namespace probefarm {

// What the coordinator's configuration says in a test. The times are short, so that what takes
// half a minute in production takes seconds.
struct FarmConfig {
  std::string mirror;   // URL
  std::string keyring;  // file
  std::string builder;  // archive of the builder image
  std::string ttl = "4s";
  std::string more;  // YAML, appended as it is
};

// The shipped programs, run as processes in a folder: one coordinator, any number of workers, and
// the client. Everything that runs is killed on destruction. Not thread-safe.
class Farm {
 public:
  // `folder` exists. The coordinator's ports are chosen now and stay the same over restarts.
  explicit Farm(std::string folder);

  // Where the programs are that the build made.
  static std::string Program(std::string const& name);

  void WriteConfig(FarmConfig const& config) const;
  // Returns when it serves; an error has what it wrote instead.
  absl::Status StartCoordinator();
  RunningProgram& coordinator() const { return *coordinator_; }
  std::string coordinator_log() const { return coordinator_ ? coordinator_->errors() : ""; }
  // The command line of StartCoordinator(), for a test that expects it to fail.
  std::vector<std::string> CoordinatorCommand() const;

  // Where a worker with that name keeps its cache, and writes its log beside.
  std::string WorkerFolder(std::string const& name) const { return folder_ + "/" + name; }
  absl::StatusOr<std::unique_ptr<RunningProgram>> StartWorker(
      std::string const& name, std::vector<std::string> const& options = {}) const;

  // Runs the client to its end.
  absl::StatusOr<SubprocessResult> Client(std::vector<std::string> arguments) const;
  // The same beside the test, with its output in `<name>.log.out`.
  absl::StatusOr<std::unique_ptr<RunningProgram>> StartClient(
      std::string const& name, std::vector<std::string> arguments) const;
  // What a client that ends with 0 prints with `-o json`.
  absl::StatusOr<nlohmann::json> Ask(std::vector<std::string> arguments) const;
  // One job as `job ID -o json` shows it; null when that fails.
  nlohmann::json Job(int64_t id) const;
  absl::Status WaitForState(int64_t job, std::string const& state) const;

  std::string const& folder() const { return folder_; }
  std::string const& grpc() const { return grpc_; }
  std::string const& http() const { return http_; }
  std::string config_path() const { return folder_ + "/coordinator.yaml"; }
  // Where the releases' folders are.
  std::string releases() const { return folder_ + "/releases/releases/download"; }

 private:
  std::string const folder_;
  std::string const grpc_;
  std::string const http_;
  std::unique_ptr<RunningProgram> coordinator_;
};

}  // namespace probefarm
