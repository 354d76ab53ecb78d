#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "client/connection.h"
#include "probefarm/v1/jobs.pb.h"

namespace probefarm {

// A table is for people and may change; JSON is for programs.
enum class OutputFormat { kTable, kJson };

// What every command has: the options before the verb, and the connection made of them. Outlives
// the commands. Not thread-safe.
class CommandContext {
 public:
  // To the coordinator named on the command line, else by PROBEFARM_COORDINATOR, else
  // 127.0.0.1:7600. Errors are those of Connection::Make(). Once, after the command line was
  // parsed.
  absl::Status Connect();
  // Owned by this, after Connect().
  Connection& connection() { return *connection_; }

  std::string address;        // --coordinator, ADDR:PORT; empty when it was not given
  ClientTransport transport;  // --tls-ca, --tls-cert, --tls-key, --insecure
  // False once a verb stands on the command line that asks releases alone.
  bool needs_coordinator = true;

 private:
  std::unique_ptr<Connection> connection_;
};

// What a verb does once the command line is parsed. Its status becomes the exit code; its message
// is printed to standard error. Results go to standard output.
using CommandAction = std::function<absl::Status()>;

// Adds a verb whose action is stored in `chosen` when it stands on the command line. `examples` are
// whole lines, shown at the end of the verb's help. The answer is owned by `app`; options are added
// to it. What `action` refers to and `chosen` outlive the parsing.
CLI::App* AddVerb(CLI::App& app, std::string const& name, std::string const& description,
                  std::string const& examples, CommandAction action, CommandAction& chosen);

// Each of these adds options that write into their last argument, which outlives the parsing and
// keeps its value where an option is not given. A value that an option does not know is a usage
// error that lists the known ones; whether a regular expression is one the coordinator says.

// --tls-ca, --tls-cert, --tls-key, which PROBEFARM_TLS_CA, PROBEFARM_TLS_CERT and PROBEFARM_TLS_KEY
// stand in for, and --insecure
void AddTransportOptions(CLI::App& app, ClientTransport& transport);

// -o table|json
void AddOutputOption(CLI::App& verb, OutputFormat& format);

// --driver, --target, --kernel, --kind, --arch
void AddProbeFilterOptions(CLI::App& verb, v1::ProbeFilter& filter);
// --state, may be repeated
void AddStateOption(CLI::App& verb, v1::JobFilter& filter);

// Each verb in a file of its own, named for it. Where none is named, a verb's status is that of its
// call.

// Enqueues every probe that matches and is not there yet, or counts them (--dry-run). --watch waits
// until all of its jobs are over; ABORTED, with a table of them, when some are FAILED or DEAD.
void AddBackfill(CLI::App& app, CommandContext& context, CommandAction& chosen);
// Cancels a job, which the coordinator refuses once it is being uploaded.
void AddCancel(CLI::App& app, CommandContext& context, CommandAction& chosen);
// Enqueues single probes or specs. ABORTED when some were refused, which the table says.
void AddEnqueue(CLI::App& app, CommandContext& context, CommandAction& chosen);
// Says why a job is where it is, and what it waits for.
void AddExplain(CLI::App& app, CommandContext& context, CommandAction& chosen);
// Downloads a probe from a public repository, without a coordinator, to a file that is whole or not
// there. DATA_LOSS when it is not what was published, or not signed as --public-key says,
// FAILED_PRECONDITION when it was withdrawn.
void AddDownload(CLI::App& app, CommandContext& context, CommandAction& chosen);
// Shows one job, or its build spec. --watch waits until it is over; ABORTED unless it was published
// or skipped.
void AddJob(CLI::App& app, CommandContext& context, CommandAction& chosen);
// List jobs and the kernels that the feeds know, newest first.
void AddJobs(CLI::App& app, CommandContext& context, CommandAction& chosen);
void AddKernels(CLI::App& app, CommandContext& context, CommandAction& chosen);
// Prints a run's build log as it is, and with -f goes on, without a deadline, until the run is
// over. Of a published probe's name: the log that a bundle of its public release holds, without a
// coordinator; DATA_LOSS when it is not what was published.
void AddLogs(CLI::App& app, CommandContext& context, CommandAction& chosen);
// pause, resume and drain: an operator's say in what is begun; see the calls of JobService.
void AddPause(CLI::App& app, CommandContext& context, CommandAction& chosen);
void AddResume(CLI::App& app, CommandContext& context, CommandAction& chosen);
void AddDrain(CLI::App& app, CommandContext& context, CommandAction& chosen);
// Lists published probes, with URL and SHA-256; or what was withdrawn, with the reason.
void AddProbes(CLI::App& app, CommandContext& context, CommandAction& chosen);
// Lists assets at the release host that are not what was recorded, or that nobody recorded.
void AddReleases(CLI::App& app, CommandContext& context, CommandAction& chosen);
// Queues a failed, dead, cancelled or skipped job again.
void AddRetry(CLI::App& app, CommandContext& context, CommandAction& chosen);
// Shows jobs, workers, feeds, drivers and the release host at a glance.
void AddStatus(CLI::App& app, CommandContext& context, CommandAction& chosen);
// Verifies a probe against a public repository, without a coordinator. DATA_LOSS when anything does
// not hold, FAILED_PRECONDITION when it was withdrawn.
void AddVerify(CLI::App& app, CommandContext& context, CommandAction& chosen);
// Prints changes of jobs as they come, without a deadline. An error says the revision to go on
// with.
void AddWatch(CLI::App& app, CommandContext& context, CommandAction& chosen);
// Takes a published probe back.
void AddWithdraw(CLI::App& app, CommandContext& context, CommandAction& chosen);
// Lists workers and the jobs that they hold.
void AddWorkers(CLI::App& app, CommandContext& context, CommandAction& chosen);

}  // namespace probefarm
