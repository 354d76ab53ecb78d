#include <iostream>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "client/commands/command.h"
#include "client/output/json.h"
#include "client/output/names.h"
#include "lib/rpc/status.h"

namespace probefarm {
namespace {

struct Options {
  v1::WatchRequest request;
  std::optional<int64_t> since;
  OutputFormat format = OutputFormat::kTable;
};

// One line each, so that a program can read them as they come.
void PrintChange(v1::WatchResponse const& change, OutputFormat format) {
  v1::Job const& job = change.job();
  if (format == OutputFormat::kJson) {
    nlohmann::ordered_json json{{"revision", change.revision()}};
    if (change.has_job()) json["job"] = ToJson(job);
    std::cout << json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
              << std::endl;
  } else if (change.has_job()) {
    std::cout << change.revision() << "  " << TimeText(job.updated_at()) << "  job " << job.id()
              << "  " << StateName(job.state()) << "  " << job.probe().driver_version() << "  "
              << job.file_name() << (job.reason().text().empty() ? "" : "  ") << job.reason().text()
              << std::endl;
  }
}

absl::Status Run(CommandContext& context, Options options) {
  if (options.since) options.request.set_revision(*options.since);
  Connection& connection = context.connection();
  // No deadline: it lasts until somebody ends it.
  grpc::ClientContext call;
  auto const stream = connection.jobs().Watch(&call, options.request);
  v1::WatchResponse change;
  int64_t seen = 0;
  while (stream->Read(&change)) {
    PrintChange(change, options.format);
    seen = change.revision();
  }
  absl::Status ended = connection.Explain(FromGrpc(stream->Finish()));
  if (ended.ok() || seen == 0) return ended;
  return {ended.code(), absl::StrCat(ended.message(), "; go on with --since ", seen)};
}

}  // namespace

void AddWatch(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const verb = AddVerb(
      app, "watch", "Print every change of a job's state, a line each, until it is interrupted",
      "  probefarm watch --driver 8.0.0+driver\n"
      "  probefarm watch --since 4711 -o json     # go on after the last revision that was seen\n",
      [options, &context] { return Run(context, *options); }, chosen);
  AddProbeFilterOptions(*verb, *options->request.mutable_filter()->mutable_probe());
  AddStateOption(*verb, *options->request.mutable_filter());
  verb->add_option("--since", options->since, "changes after this revision; 0: from the beginning")
      ->check(CLI::NonNegativeNumber);
  AddOutputOption(*verb, options->format);
}

}  // namespace probefarm
