#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/commands/command.h"
#include "client/commands/job_table.h"
#include "client/output/json.h"
#include "client/output/names.h"
#include "client/output/progress.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr absl::Duration kPollEvery = absl::Seconds(1);

struct Options {
  int64_t id = 0;
  bool spec = false;
  bool watch = false;
  OutputFormat format = OutputFormat::kTable;
};

bool IsFinal(v1::JobState state) {
  return state == v1::PUBLISHED || state == v1::FAILED || state == v1::DEAD ||
         state == v1::CANCELLED || state == v1::SKIPPED;
}

// ", fetching, linux-headers-… 40 %"
std::string PhaseText(v1::Job const& job) {
  std::string text;
  for (std::string const& part : {PhaseName(job.phase()), job.progress()}) {
    if (!part.empty()) absl::StrAppend(&text, ", ", part);
  }
  return text;
}

absl::StatusOr<v1::GetJobResponse> Get(Connection& connection, int64_t id) {
  v1::GetJobRequest request;
  request.set_id(id);
  return connection.Call(connection.jobs(), &v1::JobService::Stub::Get, request);
}

absl::StatusOr<v1::GetJobResponse> Watch(Connection& connection, int64_t id) {
  ProgressLine progress(std::cerr, StderrIsSmart());
  while (true) {
    ASSIGN_OR_RETURN(v1::GetJobResponse response, Get(connection, id));
    v1::Job const& job = response.job();
    progress.Show(absl::StrCat("job ", id, " ", StateName(job.state()), PhaseText(job)));
    if (IsFinal(job.state())) return response;
    absl::SleepFor(kPollEvery);
  }
}

absl::Status Run(CommandContext& context, Options const& options) {
  Connection& connection = context.connection();
  ASSIGN_OR_RETURN(v1::GetJobResponse const response,
                   options.watch ? Watch(connection, options.id) : Get(connection, options.id));
  if (options.spec) {
    std::cout << response.spec();
  } else if (options.format == OutputFormat::kJson) {
    std::cout << Print(ToJson(response.job()));
  } else {
    PrintJobTable({response.job()}, std::cout);
  }
  v1::JobState const state = response.job().state();
  if (options.watch && state != v1::PUBLISHED && state != v1::SKIPPED) {
    return absl::AbortedError(absl::StrCat("job ", options.id, " is ", StateName(state)));
  }
  return absl::OkStatus();
}

}  // namespace

void AddJob(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const verb = AddVerb(
      app, "job", "Show one job",
      "  probefarm job 17 -o json\n"
      "  probefarm job 17 --watch        # until it is over; exit 1 unless it was published\n"
      "  probefarm job 17 --spec         # what exactly is built, and of what\n",
      [options, &context] { return Run(context, *options); }, chosen);
  verb->add_option("ID", options->id, "the job's number")->required();
  verb->add_flag("--spec", options->spec, "print the build spec");
  verb->add_flag("--watch", options->watch, "wait until the job is over");
  AddOutputOption(*verb, options->format);
}

}  // namespace probefarm
