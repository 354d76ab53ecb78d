#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "lib/build/image_id.h"
#include "lib/runtime/log.h"
#include "lib/runtime/mutex.h"
#include "lib/runtime/signals.h"
#include "worker/rebuild/command_line.h"
#include "worker/worker.h"

namespace probefarm {
namespace {

constexpr int kUsage = 2;

void AddTransportOptions(CLI::App& app, ClientTransport& transport) {
  app.add_option("--tls-ca", transport.tls.ca, "PEM file of the CA that signed the coordinator");
  app.add_option("--tls-cert", transport.tls.certificate,
                 "PEM file of this worker's certificate, which names its --id");
  app.add_option("--tls-key", transport.tls.key, "PEM file of its key");
  app.add_flag("--insecure", transport.insecure,
               "without --tls-ca: speak plain text to another machine");
}

void AddOptions(CLI::App& app, WorkerOptions& options) {
  app.footer(
      "SIGTERM drains: running builds are finished, nothing new is taken. A second one, or "
      "--drain-timeout, stops at once.\n"
      "\n`probefarm-worker rebuild --help`: builds a published probe again, without a "
      "coordinator.\n"
      "\nExample:\n"
      "  probefarm-worker --coordinator farm.example.org:7600 --slots 4 --cache-dir "
      "/var/cache/probefarm \\\n"
      "      --id w1 --tls-ca ca.pem --tls-cert w1.pem --tls-key w1.key\n");
  app.set_version_flag("--version", PROBEFARM_VERSION);
  app.add_option("--coordinator", options.coordinator, "ADDR:PORT of the coordinator")->required();
  app.add_option("--slots", options.slots, "builds at the same time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--cache-dir", options.cache_dir, "where inputs and built files are kept")
      ->required();
  app.add_option("--cache-size", options.cache_bytes, "bytes of inputs that are kept, such as 20GB")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false));
  app.add_option("--headers-size", options.headers_bytes,
                 "bytes of kernel headers that are kept in the engine, such as 30GB")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false));
  app.add_option("--min-free", options.min_free_bytes,
                 "no build is started with less room than this on a disk (default: 2GB)")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false));
  app.add_option_function<std::string>(
      "--drain-timeout",
      [&options](std::string const& text) {
        if (!absl::ParseDuration(text, &options.drain_timeout) ||
            options.drain_timeout < absl::ZeroDuration())
          throw CLI::ValidationError("--drain-timeout", "'" + text + "' is not a time such as 30m");
      },
      "how long SIGTERM may take before what is held is given back (default: as long as it takes)");
  app.add_option("--engine", options.engine, "address of the container engine")
      ->capture_default_str();
  app.add_option("--memory-per-slot", options.memory_bytes_per_slot,
                 "memory for one build, such as 2GB (default: the machine's, shared out)")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false));
  app.add_option_function<std::vector<std::string>>(
         "--label",
         [&options](std::vector<std::string> const& labels) {
           for (std::string const& label : labels) {
             size_t const equals = label.find('=');
             if (equals == std::string::npos || equals == 0)
               throw CLI::ValidationError("--label", "'" + label + "' is not KEY=VALUE");
             options.labels[label.substr(0, equals)] = label.substr(equals + 1);
           }
         },
         "KEY=VALUE, may be repeated: drivers can ask for it (worker_labels)")
      ->allow_extra_args(false);
  app.add_option_function<std::vector<std::string>>(
         "--builder",
         [&options](std::vector<std::string> const& ids) {
           for (std::string const& id : ids) {
             if (absl::Status const checked = CheckImageId(id); !checked.ok())
               throw CLI::ValidationError("--builder", std::string(checked.message()));
             options.builders.insert(id);
           }
         },
         "id of a builder image that is built in here, sha256:…; may be repeated (default: "
         "whichever)")
      ->allow_extra_args(false);
  app.add_option("--id", options.id, "this worker's name (default: kept in the cache folder)");
  AddTransportOptions(app, options.transport);
}

int Run(WorkerOptions const& options) {
  // Signals can come before the worker is there, and after it has gone.
  Mutex mu;
  std::unique_ptr<Worker> worker;
  int signals = 0;
  auto const obey = [](Worker& running, int count) {
    count == 1 ? running.Drain() : running.Stop();
  };
  SignalListener const listener([&](int count) {
    MutexLock lock(mu);
    signals = count;
    if (worker) obey(*worker, count);
  });
  absl::StatusOr<std::unique_ptr<Worker>> made = Worker::Make(options);
  if (!made.ok()) {
    std::cerr << "probefarm-worker: " << made.status().message() << '\n';
    return 1;
  }
  {
    MutexLock lock(mu);
    worker = *std::move(made);
    if (signals > 0) obey(*worker, signals);
  }
  absl::Status const ended = worker->Run();
  if (!ended.ok()) std::cerr << "probefarm-worker: " << ended.message() << '\n';
  return ended.ok() ? 0 : 1;
}

}  // namespace
}  // namespace probefarm

int main(int argc, char** argv) {
  if (argc > 1 && std::string(argv[1]) == "rebuild")
    return probefarm::RebuildCommand(argc - 1, argv + 1, PROBEFARM_VERSION);
  probefarm::WorkerOptions options;
  options.engine = "unix:///var/run/docker.sock";
  options.version = PROBEFARM_VERSION;
  CLI::App app("probefarm-worker: builds what the coordinator leases, in sealed containers");
  probefarm::AddOptions(app, options);
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& error) {
    return app.exit(error) == 0 ? 0 : probefarm::kUsage;
  }
  return probefarm::Run(options);
}
