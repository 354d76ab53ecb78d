#include <iostream>
#include <memory>

#include "client/commands/command.h"
#include "client/commands/paging.h"
#include "client/output/json.h"
#include "client/output/names.h"
#include "client/output/table.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

struct Options {
  v1::ProbeFilter filter;
  int64_t limit = 0;
  OutputFormat format = OutputFormat::kTable;
};

void PrintTable(std::vector<v1::PublishedProbe> const& probes) {
  Table table({"DRIVER", "FILE", "SIZE", "SHA256", "PUBLISHED", "URL"});
  for (v1::PublishedProbe const& probe : probes) {
    table.AddRow({probe.probe().driver_version(), probe.file_name(),
                  SizeText(probe.artifact().size()), probe.artifact().sha256(),
                  probe.missing() ? "missing" : TimeText(probe.published_at()), probe.url()});
  }
  table.Print(std::cout);
}

absl::Status Run(CommandContext& context, Options const& options) {
  Connection& connection = context.connection();
  auto const fetch = [&](std::string const& token,
                         std::vector<v1::PublishedProbe>& items) -> absl::StatusOr<std::string> {
    v1::ListProbesRequest request;
    *request.mutable_filter() = options.filter;
    request.set_page_token(token);
    ASSIGN_OR_RETURN(auto page, connection.Call<>(connection.catalog(),
                                                  &v1::CatalogService::Stub::ListProbes, request));
    items.insert(items.end(), page.probes().begin(), page.probes().end());
    return page.next_page_token();
  };
  ASSIGN_OR_RETURN(auto const probes, ReadPages<v1::PublishedProbe>(options.limit, fetch));
  if (options.format == OutputFormat::kTable) {
    PrintTable(probes);
    return absl::OkStatus();
  }
  auto json = nlohmann::ordered_json::array();
  for (v1::PublishedProbe const& probe : probes) json.push_back(ToJson(probe));
  std::cout << Print(json);
  return absl::OkStatus();
}

}  // namespace

void AddProbes(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const verb = AddVerb(
      app, "probes", "List published probes",
      "  probefarm probes --driver 8.0.0+driver --kind bpf\n"
      "  probefarm probes --kernel '6\\.1\\.170' -o json\n",
      [options, &context] { return Run(context, *options); }, chosen);
  AddProbeFilterOptions(*verb, options->filter);
  verb->add_option("--limit", options->limit, "at most so many; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  AddOutputOption(*verb, options->format);
}

}  // namespace probefarm
