#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/commands/command.h"
#include "client/commands/job_table.h"
#include "client/output/json.h"
#include "client/output/names.h"
#include "client/output/progress.h"
#include "client/output/state_counts.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr absl::Duration kPollEvery = absl::Seconds(1);
constexpr int kShownFailures = 1000;

struct Options {
  v1::BackfillRequest request;
  int newest = 0;
  bool dry_run = false;
  bool watch = false;
  OutputFormat format = OutputFormat::kTable;
};

void PrintText(v1::BackfillResponse const& response, bool dry_run) {
  std::cout << (dry_run ? "would enqueue " : "enqueued ") << response.enqueued() << ", joined "
            << response.joined() << ", already published " << response.already_published()
            << ", known to fail " << response.known_to_fail() << ", excluded "
            << response.excluded_total() << '\n';
  for (v1::ExcludedProbe const& excluded : response.excluded()) {
    std::cout << "  excluded: " << excluded.probe().driver_version() << ' '
              << excluded.probe().target() << ' ' << excluded.probe().kernel_release() << ' '
              << KindName(excluded.probe().kind()) << ": " << excluded.reason().text() << '\n';
  }
}

absl::Status PrintFailures(Connection& connection, int64_t backfill) {
  v1::ListJobsRequest request;
  request.mutable_filter()->set_backfill(backfill);
  request.mutable_filter()->add_states(v1::FAILED);
  request.mutable_filter()->add_states(v1::DEAD);
  request.set_page_size(kShownFailures);
  ASSIGN_OR_RETURN(auto const page,
                   connection.Call(connection.jobs(), &v1::JobService::Stub::List, request));
  PrintJobTable({page.jobs().begin(), page.jobs().end()}, std::cout);
  return absl::OkStatus();
}

absl::StatusOr<v1::GetBackfillResponse> WaitFor(Connection& connection, int64_t backfill) {
  v1::GetBackfillRequest request;
  request.set_backfill(backfill);
  ProgressLine progress(std::cerr, StderrIsSmart());
  while (true) {
    ASSIGN_OR_RETURN(
        v1::GetBackfillResponse response,
        connection.Call(connection.jobs(), &v1::JobService::Stub::GetBackfill, request));
    progress.Show(ProgressText(response.counts()));
    if (response.done()) return response;
    absl::SleepFor(kPollEvery);
  }
}

absl::Status Watch(Connection& connection, int64_t backfill) {
  ASSIGN_OR_RETURN(v1::GetBackfillResponse const response, WaitFor(connection, backfill));
  int64_t const unsuccessful = CountUnsuccessful(response.counts());
  if (unsuccessful == 0) return absl::OkStatus();
  RETURN_IF_ERROR(PrintFailures(connection, backfill));
  return absl::AbortedError(absl::StrCat(unsuccessful, " probes cannot be built"));
}

absl::Status Run(CommandContext& context, Options options) {
  options.request.set_newest(options.newest);
  options.request.set_dry_run(options.dry_run);
  Connection& connection = context.connection();
  ASSIGN_OR_RETURN(
      auto const response,
      connection.Call(connection.jobs(), &v1::JobService::Stub::Backfill, options.request));
  if (options.format == OutputFormat::kJson) {
    std::cout << Print(ToJson(response)) << std::flush;
  } else {
    PrintText(response, options.dry_run);
  }
  if (!options.watch || response.backfill() == 0) return absl::OkStatus();
  return Watch(connection, response.backfill());
}

}  // namespace

void AddBackfill(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const verb = AddVerb(
      app, "backfill", "Enqueue every probe that matches and is not there yet",
      "  probefarm backfill --driver 8.0.0+driver --kernel '^6\\.1\\..*cloud-amd64$' --newest 2 "
      "--watch\n"
      "  probefarm backfill --target debian --kind bpf --dry-run\n",
      [options, &context] { return Run(context, *options); }, chosen);
  AddProbeFilterOptions(*verb, *options->request.mutable_filter());
  verb->add_option("--newest", options->newest,
                   "only the newest N kernels that match, per target; 0: all")
      ->check(CLI::NonNegativeNumber);
  verb->add_flag("--dry-run", options->dry_run, "count, enqueue nothing");
  verb->add_flag("--watch", options->watch,
                 "wait until every job is over; exit 1 when some cannot be built");
  AddOutputOption(*verb, options->format);
}

}  // namespace probefarm
