#include <memory>

#include "client/commands/command.h"
#include "client/commands/job_table.h"
#include "client/commands/listing.h"

namespace probefarm {
namespace {

struct Options {
  v1::JobFilter filter;  // less its probe, which is the list's
  int64_t backfill = 0;
  ListOptions list{{}, /*limit=*/100, OutputFormat::kTable};
};

absl::Status Run(CommandContext& context, Options const& options) {
  v1::ListJobsRequest request;
  *request.mutable_filter() = options.filter;
  *request.mutable_filter()->mutable_probe() = options.list.filter;
  request.mutable_filter()->set_backfill(options.backfill);
  Connection& connection = context.connection();
  return ListAll<v1::Job>(connection, connection.jobs(), &v1::JobService::Stub::List, request,
                          &v1::ListJobsResponse::jobs, options.list, PrintJobTable);
}

}  // namespace

void AddJobs(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const verb = AddVerb(
      app, "jobs", "List jobs, newest first",
      "  probefarm jobs --state failed --driver 8.0.0+driver\n"
      "  probefarm jobs --kernel '^6\\.1\\.' --kind kmod -o json\n",
      [options, &context] { return Run(context, *options); }, chosen);
  AddListOptions(*verb, options->list);
  AddStateOption(*verb, options->filter);
  verb->add_option("--backfill", options->backfill, "only jobs of this backfill");
}

}  // namespace probefarm
