#include <CLI/CLI.hpp>
#include <future>
#include <iostream>
#include <memory>
#include <string>

#include "absl/synchronization/mutex.h"
#include "coordinator/keygen.h"
#include "coordinator/server.h"
#include "lib/runtime/log.h"
#include "lib/runtime/signals.h"

namespace probefarm {
namespace {

constexpr int kUsage = 2;

struct CommandLine {
  std::string config;
  ServerOptions server;
};

void AddOptions(CLI::App& app, CommandLine& line) {
  app.footer(
      "`probefarm-coordinator keygen --out FILE` makes a key to sign with.\n"
      "SIGTERM stops: no new leases, calls in progress finish. Workers keep building and find the "
      "coordinator again.\n"
      "\nExample:\n"
      "  probefarm-coordinator --config /etc/probefarm/coordinator.yaml --data-dir "
      "/var/lib/probefarm \\\n"
      "      --listen 0.0.0.0:7600 --http 0.0.0.0:7601\n");
  app.set_version_flag("--version", PROBEFARM_VERSION);
  app.add_option("--config", line.config, "YAML; deploy/coordinator.yaml shows every key")
      ->required();
  app.add_option("--data-dir", line.server.data_dir, "where the database and the feeds' cache live")
      ->required();
  app.add_option("--listen", line.server.listen, "ADDR:PORT for workers and clients (gRPC)")
      ->capture_default_str();
  app.add_option("--http", line.server.http, "ADDR:PORT for downloads, uploads, metrics and health")
      ->capture_default_str();
  app.add_flag(
      "--insecure", line.server.insecure,
      "without `tls` in the configuration: listen in plain text where others can reach it");
}

int Fail(absl::Status const& status) {
  std::cerr << "probefarm-coordinator: " << status.message() << '\n';
  return 1;
}

int Run(CommandLine const& line) {
  std::promise<void> stop;
  SignalListener const listener([&stop](int count) {
    if (count == 1) stop.set_value();
  });
  absl::StatusOr<CoordinatorConfig> config = LoadConfig(line.config);
  if (!config.ok()) return Fail(config.status());
  SetLogLevel(config->log_level);
  absl::StatusOr<std::unique_ptr<CoordinatorServer>> server =
      CoordinatorServer::Start(*std::move(config), line.server);
  if (!server.ok()) return Fail(server.status());
  Log(LogLevel::kInfo, "serving",
      {{"grpc", (*server)->grpc_address()}, {"http", (*server)->http_address()}});
  stop.get_future().wait();
  Log(LogLevel::kInfo, "stopping");
  server->reset();
  Log(LogLevel::kInfo, "stopped");
  return 0;
}

}  // namespace
}  // namespace probefarm

int main(int argc, char** argv) {
  if (argc > 1 && std::string(argv[1]) == "keygen")
    return probefarm::KeygenCommand(argc - 1, argv + 1);
  // Debian builds Abseil with it: one global lock behind every mutex of gRPC.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  probefarm::CommandLine line;
  line.server.listen = "127.0.0.1:7600";
  line.server.http = "127.0.0.1:7601";
  line.server.version = PROBEFARM_VERSION;
  CLI::App app(
      "probefarm-coordinator: knows what exists and what is wanted, and leases the difference");
  probefarm::AddOptions(app, line);
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& error) {
    return app.exit(error) == 0 ? 0 : probefarm::kUsage;
  }
  return probefarm::Run(line);
}
