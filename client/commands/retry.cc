#include <iostream>
#include <memory>

#include "client/commands/command.h"
#include "client/commands/job_table.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::Status Run(CommandContext& context, int64_t id) {
  v1::RetryRequest request;
  request.set_job(id);
  Connection& connection = context.connection();
  ASSIGN_OR_RETURN(auto const response,
                   connection.Call(connection.jobs(), &v1::JobService::Stub::Retry, request));
  PrintJobTable({response.job()}, std::cout);
  return absl::OkStatus();
}

}  // namespace

void AddRetry(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto id = std::make_shared<int64_t>(0);
  CLI::App* const verb = AddVerb(
      app, "retry", "Queue a failed, dead, cancelled or skipped job again",
      "  probefarm retry 17\n", [id, &context] { return Run(context, *id); }, chosen);
  verb->add_option("ID", *id, "the job's number")->required();
}

}  // namespace probefarm
