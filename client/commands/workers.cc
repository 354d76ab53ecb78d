#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/command.h"
#include "client/commands/listing.h"
#include "client/output/names.h"
#include "client/output/table.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

std::string StateText(v1::Worker const& worker) {
  if (!worker.live()) return "lost";
  return worker.draining() ? "draining" : "live";
}

std::string DiskText(int64_t free_bytes) { return free_bytes == 0 ? "?" : SizeText(free_bytes); }

void PrintTable(std::vector<v1::Worker> const& workers, std::ostream& out) {
  Table table({"WORKER", "STATE", "ARCH", "ENGINE", "SLOTS", "FREE DISK", "BUILDERS",
               "LAST HEARTBEAT", "JOBS"});
  for (v1::Worker const& worker : workers) {
    std::string jobs;
    for (v1::Job const& job : worker.leases())
      absl::StrAppend(&jobs, jobs.empty() ? "" : ",", job.id());
    table.AddRow({worker.id(), StateText(worker), ArchName(worker.capabilities().arch()),
                  worker.capabilities().engine(), absl::StrCat(worker.slots()),
                  DiskText(worker.capabilities().free_disk_bytes()),
                  BuildersText(worker.capabilities().builders()), TimeText(worker.last_heartbeat()),
                  jobs});
  }
  table.Print(out);
}

absl::Status Run(CommandContext& context, OutputFormat format) {
  Connection& connection = context.connection();
  ASSIGN_OR_RETURN(auto const response,
                   connection.Call(connection.jobs(), &v1::JobService::Stub::ListWorkers,
                                   v1::ListWorkersRequest()));
  PrintList<v1::Worker>({response.workers().begin(), response.workers().end()}, format, PrintTable);
  return absl::OkStatus();
}

}  // namespace

void AddWorkers(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto format = std::make_shared<OutputFormat>(OutputFormat::kTable);
  CLI::App* const verb = AddVerb(
      app, "workers", "List workers and what they build", "  probefarm workers\n",
      [format, &context] { return Run(context, *format); }, chosen);
  AddOutputOption(*verb, *format);
}

}  // namespace probefarm
