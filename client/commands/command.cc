#include "client/commands/command.h"

#include <cstdlib>
#include <map>
#include <utility>

#include "client/output/names.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr char kDefaultAddress[] = "127.0.0.1:7600";

template <class Enum>
CLI::CheckedTransformer OneOf(std::map<std::string, Enum> names) {
  return CLI::CheckedTransformer(std::move(names));
}

}  // namespace

absl::Status CommandContext::Connect() {
  if (address.empty()) {
    char const* const named =
        std::getenv("PROBEFARM_COORDINATOR");  // NOLINT(concurrency-mt-unsafe)
    address = named != nullptr && *named != '\0' ? named : kDefaultAddress;
  }
  ASSIGN_OR_RETURN(connection_, Connection::Make(address, transport));
  return absl::OkStatus();
}

CLI::App* AddVerb(CLI::App& app, std::string const& name, std::string const& description,
                  std::string const& examples, CommandAction action, CommandAction& chosen) {
  CLI::App* const verb = app.add_subcommand(name, description);
  verb->footer("Examples:\n" + examples);
  verb->callback([action = std::move(action), &chosen] { chosen = action; });
  return verb;
}

void AddTransportOptions(CLI::App& app, ClientTransport& transport) {
  app.add_option("--tls-ca", transport.tls.ca,
                 "PEM file of the CA that signed the coordinator's certificate")
      ->envname("PROBEFARM_TLS_CA");
  app.add_option("--tls-cert", transport.tls.certificate, "PEM file of a certificate of one's own")
      ->envname("PROBEFARM_TLS_CERT");
  app.add_option("--tls-key", transport.tls.key, "PEM file of its key")
      ->envname("PROBEFARM_TLS_KEY");
  app.add_flag("--insecure", transport.insecure,
               "without --tls-ca: speak plain text to another machine");
}

void AddOutputOption(CLI::App& verb, OutputFormat& format) {
  verb.add_option("-o,--output", format, "table or json")
      ->transform(
          OneOf<OutputFormat>({{"table", OutputFormat::kTable}, {"json", OutputFormat::kJson}}));
}

void AddProbeFilterOptions(CLI::App& verb, v1::ProbeFilter& filter) {
  verb.add_option_function<std::string>(
      "--driver", [&filter](std::string const& value) { filter.set_driver_version(value); },
      "driver version, such as 8.0.0+driver");
  verb.add_option_function<std::string>(
      "--target", [&filter](std::string const& value) { filter.set_target(value); },
      "operating system, such as debian");
  verb.add_option_function<std::string>(
      "--kernel", [&filter](std::string const& value) { filter.set_kernel(value); },
      "regular expression searched in the kernel release");
  verb.add_option_function<v1::Kind>(
          "--kind", [&filter](v1::Kind value) { filter.set_kind(value); }, "bpf or kmod")
      ->transform(OneOf<v1::Kind>({{"bpf", v1::KIND_BPF}, {"kmod", v1::KIND_KMOD}}));
  verb.add_option_function<v1::Arch>(
          "--arch", [&filter](v1::Arch value) { filter.set_arch(value); }, "x86_64 or aarch64")
      ->transform(OneOf<v1::Arch>({{"x86_64", v1::ARCH_X86_64}, {"aarch64", v1::ARCH_AARCH64}}));
}

void AddStateOption(CLI::App& verb, v1::JobFilter& filter) {
  std::map<std::string, v1::JobState> names;
  for (int state = v1::QUEUED; state <= v1::SKIPPED; ++state) {
    names.emplace(StateName(static_cast<v1::JobState>(state)), static_cast<v1::JobState>(state));
  }
  verb.add_option_function<std::vector<v1::JobState>>(
          "--state",
          [&filter](std::vector<v1::JobState> const& states) {
            for (v1::JobState const state : states) filter.add_states(state);
          },
          "only jobs in this state; may be repeated")
      ->transform(OneOf<v1::JobState>(std::move(names)));
}

}  // namespace probefarm
