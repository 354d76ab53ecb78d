#include <iostream>
#include <memory>

#include "client/commands/command.h"
#include "client/commands/job_table.h"
#include "client/output/json.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

struct Options {
  int64_t id = 0;
  OutputFormat format = OutputFormat::kTable;
};

absl::Status Run(CommandContext& context, Options const& options) {
  v1::ExplainRequest request;
  request.set_job(options.id);
  Connection& connection = context.connection();
  ASSIGN_OR_RETURN(v1::ExplainResponse const response,
                   connection.Call(connection.jobs(), &v1::JobService::Stub::Explain, request));
  if (options.format == OutputFormat::kJson) {
    std::cout << Print(ToJson(response));
    return absl::OkStatus();
  }
  PrintJobTable({response.job()}, std::cout);
  for (v1::Reason const& reason : response.reasons()) std::cout << "  " << reason.text() << '\n';
  return absl::OkStatus();
}

}  // namespace

void AddExplain(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const verb = AddVerb(
      app, "explain", "Say why a job is where it is, and what it waits for",
      "  probefarm explain 17\n", [options, &context] { return Run(context, *options); }, chosen);
  verb->add_option("ID", options->id, "the job's number")->required();
  AddOutputOption(*verb, options->format);
}

}  // namespace probefarm
