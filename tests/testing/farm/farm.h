#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/runtime/subprocess.h"
#include "tests/testing/farm/running_program.h"

namespace probefarm {

// What the coordinator's configuration says in a test. The times are short, so that what takes half
// a minute in production takes seconds. The driver is 8.0.0+driver from the package that
// SmallArchive holds; backoffs are below a second.
struct FarmConfig {
  std::string mirror;   // URL
  std::string keyring;  // file
  std::string builder;  // archive of the builder image
  std::string ttl = "4s";
  std::string leases;    // further keys of `leases`, each with a comma behind it
  std::string releases;  // a YAML mapping in braces; empty: a folder of the farm's
  std::string more;      // YAML, appended as it is
};

// The shipped programs, run as processes in a folder: one coordinator, any number of workers, and
// the client. Everything that runs is killed on destruction. Not thread-safe.
//
//   Farm farm(folder);
//   farm.WriteConfig({.mirror = archive.url(), .keyring = archive.keyring(), .builder = path});
//   ASSERT_OK(farm.StartCoordinator());
//   ASSERT_OK_AND_ASSIGN(auto worker, farm.StartWorker("w", {"--slots", "2"}));
//   ASSERT_OK_AND_ASSIGN(auto answer, farm.Ask({"backfill"}));
//   ASSERT_OK(farm.WaitForState(1, "published"));
class Farm {
 public:
  // `folder` exists. The coordinator's ports are chosen now and stay the same over restarts.
  explicit Farm(std::string folder);

  // Where the programs are that the build made.
  static std::string Program(std::string const& name);

  // Workers and clients that start from now on speak TLS, and believe this CA.
  void UseTls(std::string ca_file) { tls_ca_ = std::move(ca_file); }

  // Read by the next coordinator that starts.
  void WriteConfig(FarmConfig const& config) const;
  // Returns when it serves; an error has what it wrote instead. Kills the one before, if it runs;
  // the data stays, so this is a restart after a crash. FAILED_PRECONDITION when it ended instead.
  // `variable` is "NAME=VALUE" for its environment; empty: none.
  absl::Status StartCoordinator(std::string const& variable = "");
  // Only once it was started.
  RunningProgram& coordinator() const { return *coordinator_; }
  // Of all runs; empty before the first.
  std::string coordinator_log() const { return coordinator_ ? coordinator_->errors() : ""; }
  // The command line of StartCoordinator(), for a test that expects it to fail.
  std::vector<std::string> CoordinatorCommand() const;

  // Where a worker with that name keeps its cache, and writes its log beside.
  std::string WorkerFolder(std::string const& name) const { return folder_ + "/" + name; }
  // `options` follow on the command line; `variable` as for the coordinator. Does not wait for the
  // worker to be ready.
  absl::StatusOr<std::unique_ptr<RunningProgram>> StartWorker(
      std::string const& name, std::vector<std::string> const& options = {},
      std::string const& variable = "") const;

  // Runs the client to its end. OK whatever it ends with; kPatience at most.
  absl::StatusOr<SubprocessResult> Client(std::vector<std::string> arguments) const;
  // The same beside the test, with its output in `<name>.log.out`.
  absl::StatusOr<std::unique_ptr<RunningProgram>> StartClient(
      std::string const& name, std::vector<std::string> arguments) const;
  // What a client that ends with 0 prints with `-o json`. UNKNOWN with its exit code and what it
  // said otherwise.
  absl::StatusOr<nlohmann::json> Ask(std::vector<std::string> arguments) const;
  // One job as `job ID -o json` shows it; null when that fails.
  nlohmann::json Job(int64_t id) const;
  // The last look at the job is in the error.
  absl::Status WaitForState(int64_t job, std::string const& state) const;

  std::string const& folder() const { return folder_; }
  std::string const& grpc() const { return grpc_; }
  std::string const& http() const { return http_; }
  std::string config_path() const { return folder_ + "/coordinator.yaml"; }
  // Where the releases' folders are.
  std::string releases() const { return folder_ + "/releases/releases/download"; }

 private:
  // A program with the options that every command line has.
  std::vector<std::string> Command(std::string const& program) const;

  std::string const folder_;
  std::string const grpc_;
  std::string const http_;
  std::string tls_ca_;
  std::unique_ptr<RunningProgram> coordinator_;
};

}  // namespace probefarm
