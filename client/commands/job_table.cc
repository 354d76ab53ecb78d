#include "client/commands/job_table.h"

#include "absl/strings/str_cat.h"
#include "client/output/names.h"
#include "client/output/table.h"

namespace probefarm {
namespace {

std::string StateText(v1::Job const& job) {
  std::string const phase = PhaseName(job.phase());
  return phase.empty() ? StateName(job.state())
                       : absl::StrCat(StateName(job.state()), " (", phase, ")");
}

}  // namespace

void PrintJobTable(std::vector<v1::Job> const& jobs, std::ostream& out) {
  Table table({"JOB", "STATE", "DRIVER", "FILE", "WORKER", "UPDATED", "REASON"});
  for (v1::Job const& job : jobs) {
    table.AddRow({absl::StrCat(job.id()), StateText(job), job.probe().driver_version(),
                  job.file_name(), job.worker(), TimeText(job.updated_at()), job.reason().text()});
  }
  table.Print(out);
}

}  // namespace probefarm
