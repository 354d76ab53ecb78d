#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "client/connection.h"
#include "probefarm/v1/jobs.pb.h"

namespace probefarm {

enum class OutputFormat { kTable, kJson };

// What every command has: the options before the verb, and the connection made of them when it is
// first needed.
class CommandContext {
 public:
  // The coordinator named on the command line, else by PROBEFARM_COORDINATOR, else 127.0.0.1:7600.
  Connection& connection();

  std::string address;

 private:
  std::unique_ptr<Connection> connection_;
};

// What a verb does once the command line is parsed. Its status becomes the exit code; its message
// is printed.
using CommandAction = std::function<absl::Status()>;

// Adds a verb whose action is stored in `chosen` when it stands on the command line.
CLI::App* AddVerb(CLI::App& app, std::string const& name, std::string const& description,
                  std::string const& examples, CommandAction action, CommandAction& chosen);

// -o table|json
void AddOutputOption(CLI::App& verb, OutputFormat& format);

// --driver, --target, --kernel, --kind, --arch
void AddProbeFilterOptions(CLI::App& verb, v1::ProbeFilter& filter);
// --state, may be repeated
void AddStateOption(CLI::App& verb, v1::JobFilter& filter);

// Each verb in a file of its own.
void AddBackfill(CLI::App& app, CommandContext& context, CommandAction& chosen);
void AddCancel(CLI::App& app, CommandContext& context, CommandAction& chosen);
void AddJob(CLI::App& app, CommandContext& context, CommandAction& chosen);
void AddJobs(CLI::App& app, CommandContext& context, CommandAction& chosen);
void AddKernels(CLI::App& app, CommandContext& context, CommandAction& chosen);
void AddLogs(CLI::App& app, CommandContext& context, CommandAction& chosen);
void AddProbes(CLI::App& app, CommandContext& context, CommandAction& chosen);
void AddRetry(CLI::App& app, CommandContext& context, CommandAction& chosen);
void AddStatus(CLI::App& app, CommandContext& context, CommandAction& chosen);
void AddWorkers(CLI::App& app, CommandContext& context, CommandAction& chosen);

}  // namespace probefarm
