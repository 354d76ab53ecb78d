#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "lib/config/yaml_reader.h"

namespace probefarm {

// A personal token in a variable of the environment, or in a file.
struct TokenEnvConfig {
  std::string variable;
  friend bool operator==(TokenEnvConfig const&, TokenEnvConfig const&) = default;
};
struct TokenFileConfig {
  std::string path;
  friend bool operator==(TokenFileConfig const&, TokenFileConfig const&) = default;
};

// A GitHub App that is installed for the owner of the repositories.
struct AppConfig {
  int64_t id = 0;
  int64_t installation = 0;
  std::string key_file;  // PEM, as GitHub gives it
  friend bool operator==(AppConfig const&, AppConfig const&) = default;
};

// How GitHub knows the coordinator. Holds names of secrets, no secret.
//
//   releases:
//     github:
//       credentials:
//         app: {id: 12, installation: 34, key_file: /etc/probefarm/app.pem}
struct CredentialsConfig {
  std::variant<TokenEnvConfig, TokenFileConfig, AppConfig> source;
  // A personal token is good for all that its owner may do, and ends when they say so: it goes to
  // workers, in upload grants, only when this is set. An App's tokens are short-lived and narrow,
  // and always go.
  bool share_token_with_workers = false;
  friend bool operator==(CredentialsConfig const&, CredentialsConfig const&) = default;
};

// The mapping `credentials` of `github`, which is required, with exactly one of `token_env`,
// `token_file` and `app` (`id`, `installation`, `key_file`); and `share_token_with_workers`.
CredentialsConfig ReadCredentials(YamlMapping& github);

// FAILED_PRECONDITION, with what can be done, when upload grants would need a token that may not go
// to workers: the coordinator does not start so. Pure.
absl::Status CheckTokenSharing(CredentialsConfig const& config);

}  // namespace probefarm
