#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/command.h"
#include "client/commands/listing.h"
#include "client/output/names.h"
#include "client/output/table.h"

namespace probefarm {
namespace {

void PrintTable(std::vector<v1::Kernel> const& kernels, std::ostream& out) {
  Table table({"TARGET", "RELEASE", "PACKAGE", "ARCH", "SUITE", "HEADERS"});
  for (v1::Kernel const& kernel : kernels) {
    table.AddRow(
        {kernel.target(), kernel.release(), kernel.package_version(), ArchName(kernel.arch()),
         kernel.suite(),
         kernel.missing().empty() ? "complete" : absl::StrCat("missing ", kernel.missing())});
  }
  table.Print(out);
}

absl::Status Run(CommandContext& context, ListOptions const& options) {
  v1::ListKernelsRequest request;
  *request.mutable_filter() = options.filter;
  Connection& connection = context.connection();
  return ListAll<v1::Kernel>(connection, connection.catalog(),
                             &v1::CatalogService::Stub::ListKernels, request,
                             &v1::ListKernelsResponse::kernels, options, PrintTable);
}

}  // namespace

void AddKernels(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* const verb = AddVerb(
      app, "kernels", "List the kernels that the feeds know, newest first",
      "  probefarm kernels --target debian --kernel 'cloud-amd64$'\n"
      "  probefarm kernels -o json       # with the packages and their digests\n",
      [options, &context] { return Run(context, *options); }, chosen);
  AddListOptions(*verb, *options);
}

}  // namespace probefarm
