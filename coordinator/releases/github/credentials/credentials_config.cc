#include "coordinator/releases/github/credentials/credentials_config.h"

#include <algorithm>
#include <limits>

#include "absl/strings/ascii.h"

namespace probefarm {
namespace {

using Presence = YamlMapping::Presence;

constexpr int64_t kMostId = std::numeric_limits<int64_t>::max();
constexpr size_t kLongestVariable = 128;

bool IsVariable(std::string const& name) {
  return !name.empty() && name.size() <= kLongestVariable && !absl::ascii_isdigit(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

// A token that stands here in place of its variable's name would be quoted, so no value is.
TokenEnvConfig ReadTokenEnv(YamlMapping& credentials) {
  TokenEnvConfig config{credentials.String("token_env")};
  if (!IsVariable(config.variable)) {
    credentials.Error("token_env",
                      "is not the name of an environment variable (the token itself does not "
                      "belong into this file)");
  }
  return config;
}

TokenFileConfig ReadTokenFile(YamlMapping& credentials) {
  TokenFileConfig config{credentials.String("token_file")};
  if (config.path.empty()) credentials.Error("token_file", "is empty");
  return config;
}

AppConfig ReadApp(YamlMapping& credentials) {
  AppConfig config;
  credentials.Mapping("app", Presence::kRequired, [&](YamlMapping& app) {
    config.id = app.Int("id", 1, kMostId);
    config.installation = app.Int("installation", 1, kMostId);
    config.key_file = app.String("key_file");
    if (config.key_file.empty()) app.Error("key_file", "is empty");
  });
  return config;
}

int CountSources(YamlMapping& credentials) {
  int count = 0;
  for (absl::string_view const key : {"token_env", "token_file", "app"})
    count += credentials.Has(key) ? 1 : 0;
  return count;
}

}  // namespace

CredentialsConfig ReadCredentials(YamlMapping& github) {
  CredentialsConfig config;
  github.Mapping("credentials", Presence::kRequired, [&](YamlMapping& credentials) {
    config.share_token_with_workers =
        credentials.Bool("share_token_with_workers", config.share_token_with_workers);
    if (CountSources(credentials) != 1)
      github.Error("credentials", "needs exactly one of token_env, token_file and app");
    if (credentials.Has("app")) config.source = ReadApp(credentials);
    if (credentials.Has("token_file")) config.source = ReadTokenFile(credentials);
    if (credentials.Has("token_env")) config.source = ReadTokenEnv(credentials);
  });
  return config;
}

absl::Status CheckTokenSharing(CredentialsConfig const& config) {
  if (config.share_token_with_workers || std::holds_alternative<AppConfig>(config.source))
    return absl::OkStatus();
  return absl::FailedPreconditionError(
      "releases.github.credentials: workers upload with the token that is in their grant, and a "
      "personal token would give each of them all that its owner may do. Use a GitHub App "
      "(credentials.app), whose tokens last an hour and are good for the release repositories "
      "alone; or, if all workers are yours and trusted, set "
      "credentials.share_token_with_workers: true");
}

}  // namespace probefarm
