#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/commands/command.h"
#include "client/releases/release_lookup.h"
#include "lib/driver/probe.h"
#include "lib/http/http_client.h"

namespace probefarm {

// What the verbs have in common that read releases without a coordinator.
struct ReleaseOptions {
  std::vector<std::string> repositories;
  std::string tag;
  std::string driver_version;
  std::optional<Arch> arch;
  std::vector<std::string> public_keys;  // files
  std::string wait = "10s";
};

// --repository (PROBEFARM_REPOSITORY), --tag, --driver, --arch, --public-key, --wait. `options`
// outlives the parsing.
void AddReleaseOptions(CLI::App& verb, ReleaseOptions& options);

// The question that the options ask about an asset, by its true name or by that which it has in the
// repository. Reads the keys. INVALID_ARGUMENT names the option that is missing or wrong.
absl::StatusOr<ReleaseQuestion> ReleaseQuestionOf(ReleaseOptions const& options,
                                                  std::string const& name);

// Reads releases over HTTP. `--tls-ca` is believed at the first repository that is not at GitHub.
// Errors are those of the file.
absl::StatusOr<std::unique_ptr<HttpClient>> ReleaseHttpClient(
    CommandContext const& context, std::vector<Repository> const& repositories);

// AddVerb() of a verb that needs no coordinator.
CLI::App* AddReleaseVerb(CLI::App& app, std::string const& name, std::string const& description,
                         std::string const& examples, CommandContext& context, CommandAction action,
                         CommandAction& chosen);

}  // namespace probefarm
