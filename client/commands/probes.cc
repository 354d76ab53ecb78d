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

void PrintWithdrawn(std::vector<v1::WithdrawnProbe> const& probes, std::ostream& out) {
  Table table({"DRIVER", "FILE", "SHA256", "WITHDRAWN", "ASSET", "REASON"});
  for (v1::WithdrawnProbe const& withdrawn : probes) {
    v1::PublishedProbe const& probe = withdrawn.probe();
    table.AddRow({probe.probe().driver_version(), probe.file_name(), probe.artifact().sha256(),
                  TimeText(withdrawn.withdrawn_at()), withdrawn.removed() ? "removed" : "held",
                  withdrawn.reason()});
  }
  table.Print(out);
}

struct Options {
  ListOptions list;
  bool withdrawn = false;
};

absl::Status ListWithdrawn(CommandContext& context, ListOptions const& options) {
  v1::ListWithdrawalsRequest request;
  *request.mutable_filter() = options.filter;
  Connection& connection = context.connection();
  return ListAll<v1::WithdrawnProbe>(
      connection, connection.catalog(), &v1::CatalogService::Stub::ListWithdrawals, request,
      &v1::ListWithdrawalsResponse::withdrawn, options, PrintWithdrawn);
}

absl::Status ListPublished(CommandContext& context, ListOptions const& options) {
  v1::ListProbesRequest request;
  *request.mutable_filter() = options.filter;
  Connection& connection = context.connection();
  return ListAll<v1::PublishedProbe>(connection, connection.catalog(),
                                     &v1::CatalogService::Stub::ListProbes, request,
                                     &v1::ListProbesResponse::probes, options, PrintTable);
}

}  // namespace

void AddProbes(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const verb = AddVerb(
      app, "probes", "List published probes",
      "  probefarm probes --driver 8.0.0+driver --kind bpf\n"
      "  probefarm probes --kernel '6\\.1\\.170' -o json\n"
      "  probefarm probes --withdrawn\n",
      [options, &context] {
        return options->withdrawn ? ListWithdrawn(context, options->list)
                                  : ListPublished(context, options->list);
      },
      chosen);
  verb->add_flag("--withdrawn", options->withdrawn, "list what was withdrawn instead, and why");
  AddListOptions(*verb, options->list);
}

}  // namespace probefarm
