#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/command.h"
#include "client/output/json.h"
#include "client/output/names.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

struct Options {
  v1::WithdrawProbeRequest request;
  OutputFormat format = OutputFormat::kTable;
};

std::string AssetText(v1::WithdrawnProbe const& withdrawn) {
  if (withdrawn.removed()) return "removed from the release";
  return "to be removed as soon as the release says that it is withdrawn";
}

void PrintText(v1::WithdrawProbeResponse const& response) {
  v1::WithdrawnProbe const& withdrawn = response.withdrawn();
  v1::PublishedProbe const& probe = withdrawn.probe();
  std::cout << (response.already() ? "withdrawn before: " : "withdrawn: ") << probe.tag() << '/'
            << probe.asset_name() << '\n'
            << "  sha256  " << probe.artifact().sha256() << '\n'
            << "  on      " << TimeText(withdrawn.withdrawn_at()) << '\n'
            << "  reason  " << withdrawn.reason() << '\n'
            << "  asset   " << AssetText(withdrawn) << '\n';
}

absl::Status Run(CommandContext& context, Options const& options) {
  Connection& connection = context.connection();
  ASSIGN_OR_RETURN(v1::WithdrawProbeResponse const response,
                   connection.Call(connection.catalog(), &v1::CatalogService::Stub::WithdrawProbe,
                                   options.request));
  if (options.format == OutputFormat::kJson) {
    std::cout << Print(ToJson(response));
  } else {
    PrintText(response);
  }
  return absl::OkStatus();
}

}  // namespace

void AddWithdraw(CLI::App& app, CommandContext& context, CommandAction& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const verb = AddVerb(
      app, "withdraw",
      "Take a published probe back, for ever and with a reason that anyone can read",
      "  probefarm withdraw falco_debian_6.1.192-2-cloud-amd64_1.o --driver 8.0.0+driver \\\n"
      "      --reason 'panics on load, see issue 17'\n"
      "  probefarm probes --withdrawn\n",
      [options, &context] { return Run(context, *options); }, chosen);
  v1::WithdrawProbeRequest& request = options->request;
  auto const text = [verb](std::string const& name, std::string* field, char const* help) {
    return verb->add_option_function<std::string>(
        name, [field](std::string const& value) { *field = value; }, help);
  };
  text("NAME", request.mutable_name(), "what the probe was published as")->required();
  text("--reason", request.mutable_reason(),
       "why, in one line of at most 500 bytes; it is published")
      ->required();
  text("--driver", request.mutable_driver_version(), "driver version, such as 8.0.0+driver");
  verb->add_option_function<v1::Arch>(
          "--arch", [&request](v1::Arch arch) { request.set_arch(arch); }, "x86_64 or aarch64")
      ->transform(CLI::CheckedTransformer(std::map<std::string, v1::Arch>{
          {"x86_64", v1::ARCH_X86_64}, {"aarch64", v1::ARCH_AARCH64}}));
  text("--tag", request.mutable_tag(), "the release's tag, instead of --driver and --arch");
  text("--sha256", request.mutable_sha256(), "only if these are the bytes that are published");
  AddOutputOption(*verb, options->format);
}

}  // namespace probefarm
