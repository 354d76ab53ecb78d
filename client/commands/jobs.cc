#include <iostream>
#include <memory>

#include "client/commands/command.h"
#include "client/commands/job_table.h"
#include "client/commands/paging.h"
#include "client/output/json.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

struct Options {
  v1::JobFilter filter;
  int64_t backfill = 0;
  int64_t limit = 100;
  OutputFormat format = OutputFormat::kTable;
};

absl::Status Run(CommandContext& context, Options const& options) {
  Connection& connection = context.connection();
  ASSIGN_OR_RETURN(
      std::vector<v1::Job> jobs,
      ReadPages<v1::Job>(options.limit,
                         [&](std::string const& token,
                             std::vector<v1::Job>& items) -> absl::StatusOr<std::string> {
                           v1::ListJobsRequest request;
                           *request.mutable_filter() = options.filter;
                           request.mutable_filter()->set_backfill(options.backfill);
                           request.set_page_token(token);
                           ASSIGN_OR_RETURN(
                               auto page, connection.Call<>(connection.jobs(),
                                                            &v1::JobService::Stub::List, request));
                           items.insert(items.end(), page.jobs().begin(), page.jobs().end());
                           return page.next_page_token();
                         }));
  if (options.format == OutputFormat::kTable) {
    PrintJobTable(jobs, std::cout);
  } else {
    auto json = nlohmann::ordered_json::array();
    for (v1::Job const& job : jobs) json.push_back(ToJson(job));
    std::cout << Print(json);
  }
  return absl::OkStatus();
}

}  // namespace

void AddJobs(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const verb = AddVerb(
      app, "jobs", "List jobs, newest first",
      "  probefarm jobs --state failed --driver 8.0.0+driver\n"
      "  probefarm jobs --kernel '^6\\.1\\.' --kind kmod -o json\n",
      [options, &context] { return Run(context, *options); }, chosen);
  AddProbeFilterOptions(*verb, *options->filter.mutable_probe());
  AddStateOption(*verb, options->filter);
  verb->add_option("--backfill", options->backfill, "only jobs of this backfill");
  verb->add_option("--limit", options->limit, "at most so many; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  AddOutputOption(*verb, options->format);
}

}  // namespace probefarm
