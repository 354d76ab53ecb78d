#include "coordinator/releases/github/credentials/installation_token.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/releases/github/credentials/token_text.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMaxAnswerBytes = int64_t{256} << 10;
constexpr absl::Duration kLongestLife = absl::Hours(1);
constexpr absl::Duration kShortestLife = absl::Minutes(1);
constexpr size_t kMaxQuoted = 200;

std::string Describe(AppInstallation const& of) {
  return absl::StrCat("get a token for installation ", of.installation, " of GitHub App ", of.app);
}

std::string NameOfRepository(std::string const& repository) {
  return repository.substr(repository.rfind('/') + 1);
}

// The string at a key; nothing where the answer is anything else.
std::string* FindString(Json& json, char const* key) {
  if (!json.is_object()) return nullptr;
  auto const found = json.find(key);
  return found == json.end() ? nullptr : found->get_ptr<std::string*>();
}

bool HoldsPartOf(absl::string_view text, Secret const& jwt) {
  std::vector<absl::string_view> const parts = absl::StrSplit(jwt.Reveal(), '.');
  return std::any_of(parts.begin(), parts.end(), [text](absl::string_view part) {
    return !part.empty() && absl::StrContains(text, part);
  });
}

std::string Quote(HttpResponse const& response, Secret const& jwt) {
  Json json = Json::parse(response.body, nullptr, false);
  std::string const* const message = FindString(json, "message");
  if (message == nullptr || message->empty() || HoldsPartOf(*message, jwt)) return "";
  return absl::StrCat(" (\"", absl::Utf8SafeCHexEscape(message->substr(0, kMaxQuoted)), "\")");
}

absl::Status Refusal(AppInstallation const& of, int status, std::string const& quoted) {
  auto const says = [&](absl::string_view advice) {
    return absl::StrCat(Describe(of), ": ", status, quoted, ": ", advice);
  };
  switch (status) {
    case 401:
      return absl::UnauthenticatedError(
          says("is this machine's clock right, and is key_file the key of this App?"));
    case 403:
      return absl::PermissionDeniedError(
          says("is the installation suspended, or may the App not write contents?"));
    case 404:
      return absl::NotFoundError(
          says("check the installation's id: it is the number at the end of its settings' URL"));
    case 422:
      return absl::PermissionDeniedError(
          says("give the installation the repositories, with \"Contents: read and write\""));
    default:
      return absl::UnavailableError(says("GitHub did not give one; it is asked again"));
  }
}

absl::StatusOr<absl::Time> ReadEnd(std::string const* text, absl::Time now) {
  absl::Time end;
  if (text == nullptr || !absl::ParseTime(absl::RFC3339_full, *text, &end, nullptr))
    return absl::UnavailableError("the answer does not say when the token ends");
  if (end < now + kShortestLife) {
    return absl::UnavailableError(
        "the token has ended already by this machine's clock: is that right?");
  }
  return std::min(end, now + kLongestLife);
}

absl::StatusOr<AccessToken> ReadToken(std::string const& body, absl::Time now) {
  Json json = Json::parse(body, nullptr, false);
  std::string* const token = FindString(json, "token");
  if (token == nullptr) return absl::UnavailableError("there is no token in the answer");
  absl::StatusOr<Secret> secret = ParseToken(Secret(std::move(*token)), "the answer");
  if (!secret.ok()) return absl::UnavailableError(secret.status().message());
  ASSIGN_OR_RETURN(absl::Time const end, ReadEnd(FindString(json, "expires_at"), now));
  return AccessToken{*std::move(secret), end};
}

}  // namespace

HttpRequest MakeTokenRequest(AppInstallation const& installation, Secret const& jwt) {
  Json repositories = Json::array();
  for (std::string const& repository : installation.repositories)
    repositories.push_back(NameOfRepository(repository));
  HttpRequest request;
  request.method = "POST";
  request.url = absl::StrCat(installation.api_url, "/app/installations/", installation.installation,
                             "/access_tokens");
  request.headers = {{"Accept", "application/vnd.github+json"},
                     {"Authorization", absl::StrCat("Bearer ", jwt.Reveal())},
                     {"Content-Type", "application/json"},
                     {"X-GitHub-Api-Version", "2022-11-28"}};
  request.body =
      Json{{"repositories", repositories}, {"permissions", {{"contents", "write"}}}}.dump(
          -1, ' ', true, Json::error_handler_t::replace);
  request.max_body_bytes = kMaxAnswerBytes;
  request.idle_timeout = absl::Seconds(30);
  request.total_timeout = absl::Seconds(60);
  return request;
}

absl::StatusOr<AccessToken> ReadTokenAnswer(AppInstallation const& installation,
                                            HttpResponse& response, Secret const& jwt,
                                            absl::Time now) {
  if (response.status < 200 || response.status >= 300)
    return Refusal(installation, response.status, Quote(response, jwt));
  absl::StatusOr<AccessToken> token = ReadToken(response.body, now);
  Wipe(response.body);
  if (!token.ok()) return Annotate(token.status(), Describe(installation));
  return token;
}

}  // namespace probefarm
