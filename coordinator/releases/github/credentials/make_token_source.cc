#include "coordinator/releases/github/credentials/make_token_source.h"

#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "coordinator/releases/github/credentials/app_token.h"
#include "coordinator/releases/github/credentials/personal_token.h"
#include "lib/http/url_host.h"
#include "lib/runtime/status_macros.h"
#include "lib/tls/transport_rule.h"

namespace probefarm {
namespace {

absl::Status CheckApiUrl(std::string const& url) {
  std::string const host = HostOfUrl(url);
  if (!host.empty() && absl::StartsWithIgnoreCase(url, "https://")) return absl::OkStatus();
  if (absl::StartsWithIgnoreCase(url, "http://") && IsLoopback(absl::StrCat(host, ":80")))
    return absl::OkStatus();
  return absl::InvalidArgumentError(
      "the URL of GitHub's API is not https://: tokens do not travel in plain text");
}

template <class Source>
absl::StatusOr<std::unique_ptr<TokenSource>> Upcast(
    absl::StatusOr<std::unique_ptr<Source>> source) {
  if (!source.ok()) return source.status();
  return std::unique_ptr<TokenSource>(*std::move(source));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenSource>> MakeTokenSource(
    CredentialsConfig const& config, std::string const& api_url,
    std::vector<std::string> const& repositories, HttpClient* http, Clock const* clock) {
  RETURN_IF_ERROR(CheckApiUrl(api_url));
  if (auto const* env = std::get_if<TokenEnvConfig>(&config.source))
    return Upcast(EnvironmentToken::Open(env->variable));
  if (auto const* file = std::get_if<TokenFileConfig>(&config.source))
    return Upcast(FileToken::Open(file->path));
  auto const& app = std::get<AppConfig>(config.source);
  AppInstallation const installation{.api_url = std::string(absl::StripSuffix(api_url, "/")),
                                     .app = app.id,
                                     .installation = app.installation,
                                     .repositories = repositories};
  return Upcast(AppToken::Open(installation, app.key_file, http, clock));
}

}  // namespace probefarm
