#include <CLI/CLI.hpp>
#include <iostream>

#include "client/commands/command.h"
#include "client/exit_code.h"

namespace {

// CLI11 answers 100 and more for a wrong command line.
int UsageExit(CLI::App const& app, CLI::ParseError const& error) {
  return app.exit(error) == 0 ? probefarm::kDone : probefarm::kUsage;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("probefarm: enqueue backfills, and ask what the farm does and has");
  app.footer(
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nobody answers, 4 not what was published.\n"
      "\nExamples:\n"
      "  probefarm status\n"
      "  probefarm backfill --kernel 'cloud-amd64$' --newest 2 --watch\n"
      "  probefarm probes --driver 8.0.0+driver\n");
  app.set_version_flag("--version", PROBEFARM_VERSION);
  app.require_subcommand(1);

  probefarm::CommandContext context;
  app.add_option("--coordinator", context.address,
                 "ADDR:PORT of the coordinator (else PROBEFARM_COORDINATOR, else 127.0.0.1:7600)");
  probefarm::AddTransportOptions(app, context.transport);
  probefarm::CommandAction chosen;
  for (auto* const add : {probefarm::AddBackfill, probefarm::AddCancel,   probefarm::AddDownload,
                          probefarm::AddDrain,    probefarm::AddEnqueue,  probefarm::AddExplain,
                          probefarm::AddPause,    probefarm::AddResume,   probefarm::AddJob,
                          probefarm::AddJobs,     probefarm::AddKernels,  probefarm::AddLogs,
                          probefarm::AddProbes,   probefarm::AddReleases, probefarm::AddRetry,
                          probefarm::AddStatus,   probefarm::AddVerify,   probefarm::AddWatch,
                          probefarm::AddWithdraw, probefarm::AddWorkers}) {
    add(app, context, chosen);
  }
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& error) {
    return UsageExit(app, error);
  }
  absl::Status status = context.needs_coordinator ? context.Connect() : absl::OkStatus();
  if (status.ok()) status = chosen();
  if (!status.ok()) std::cerr << "probefarm: " << status.message() << '\n';
  return probefarm::ExitCodeFor(status);
}
