#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/command.h"
#include "client/commands/listing.h"
#include "client/output/names.h"
#include "client/output/table.h"

namespace probefarm {
namespace {

std::string PublishedText(v1::PublishedProbe const& probe) {
  if (probe.missing()) return "missing";
  return absl::StrCat(TimeText(probe.published_at()), probe.adopted() ? ", adopted" : "");
}

void PrintTable(std::vector<v1::PublishedProbe> const& probes, std::ostream& out) {
  Table table({"DRIVER", "FILE", "SIZE", "SHA256", "PUBLISHED", "URL"});
  for (v1::PublishedProbe const& probe : probes) {
    table.AddRow({probe.probe().driver_version(), probe.file_name(),
                  SizeText(probe.artifact().size()), probe.artifact().sha256(),
                  PublishedText(probe), probe.url()});
  }
  table.Print(out);
}

absl::Status Run(CommandContext& context, ListOptions const& options) {
  v1::ListProbesRequest request;
  *request.mutable_filter() = options.filter;
  Connection& connection = context.connection();
  return ListAll<v1::PublishedProbe>(connection, connection.catalog(),
                                     &v1::CatalogService::Stub::ListProbes, request,
                                     &v1::ListProbesResponse::probes, options, PrintTable);
}

}  // namespace

void AddProbes(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* const verb = AddVerb(
      app, "probes", "List published probes",
      "  probefarm probes --driver 8.0.0+driver --kind bpf\n"
      "  probefarm probes --kernel '6\\.1\\.170' -o json\n",
      [options, &context] { return Run(context, *options); }, chosen);
  AddListOptions(*verb, *options);
}

}  // namespace probefarm
