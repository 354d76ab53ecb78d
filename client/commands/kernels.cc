#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
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

void PrintTable(std::vector<v1::Kernel> const& kernels) {
  Table table({"TARGET", "RELEASE", "PACKAGE", "ARCH", "SUITE", "HEADERS"});
  for (v1::Kernel const& kernel : kernels) {
    table.AddRow(
        {kernel.target(), kernel.release(), kernel.package_version(), ArchName(kernel.arch()),
         kernel.suite(),
         kernel.missing().empty() ? "complete" : absl::StrCat("missing ", kernel.missing())});
  }
  table.Print(std::cout);
}

absl::Status Run(CommandContext& context, Options const& options) {
  Connection& connection = context.connection();
  auto const fetch = [&](std::string const& token,
                         std::vector<v1::Kernel>& items) -> absl::StatusOr<std::string> {
    v1::ListKernelsRequest request;
    *request.mutable_filter() = options.filter;
    request.set_page_token(token);
    ASSIGN_OR_RETURN(auto page, connection.Call<>(connection.catalog(),
                                                  &v1::CatalogService::Stub::ListKernels, request));
    items.insert(items.end(), page.kernels().begin(), page.kernels().end());
    return page.next_page_token();
  };
  ASSIGN_OR_RETURN(auto const kernels, ReadPages<v1::Kernel>(options.limit, fetch));
  if (options.format == OutputFormat::kTable) {
    PrintTable(kernels);
    return absl::OkStatus();
  }
  auto json = nlohmann::ordered_json::array();
  for (v1::Kernel const& kernel : kernels) json.push_back(ToJson(kernel));
  std::cout << Print(json);
  return absl::OkStatus();
}

}  // namespace

void AddKernels(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const verb = AddVerb(
      app, "kernels", "List the kernels that the feeds know, newest first",
      "  probefarm kernels --target debian --kernel 'cloud-amd64$'\n"
      "  probefarm kernels -o json       # with the packages and their digests\n",
      [options, &context] { return Run(context, *options); }, chosen);
  AddProbeFilterOptions(*verb, options->filter);
  verb->add_option("--limit", options->limit, "at most so many; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  AddOutputOption(*verb, options->format);
}

}  // namespace probefarm
