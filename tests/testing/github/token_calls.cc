#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/digest/sha256.h"
#include "tests/testing/github/app_token.h"
#include "tests/testing/github/calls.h"

namespace probefarm::fake_github {
namespace {

using Json = nlohmann::json;

constexpr absl::Duration kTokenLife = absl::Hours(1);

FakeApp const* FindApp(World& world, Call const& call, std::string const& jwt) {
  auto const app = world.apps().find(IssuerOf(jwt));
  bool const installed = app != world.apps().end() && app->second.installation == call.installation;
  return installed ? &app->second : nullptr;
}

// The repositories that are asked for by name ("r" of "o/r"); all of the installation when none
// are. False when one is not there.
bool Narrow(FakeApp const& app, Json const& wish, std::vector<std::string>& repositories) {
  repositories = app.repositories;
  auto const names = wish.find("repositories");
  if (names == wish.end() || !names->is_array() || names->empty()) return true;
  repositories.clear();
  for (Json const& name : *names) {
    auto const found = std::find_if(
        app.repositories.begin(), app.repositories.end(), [&](std::string const& full) {
          return name.is_string() && full.substr(full.find('/') + 1) == name.get<std::string>();
        });
    if (found == app.repositories.end()) return false;
    repositories.push_back(*found);
  }
  return true;
}

// None asked for: all that the installation has, which here is to write.
bool MayWrite(Json const& wish) {
  auto const permissions = wish.find("permissions");
  if (permissions == wish.end() || !permissions->is_object()) return true;
  auto const contents = permissions->find("contents");
  return contents != permissions->end() && *contents == "write";
}

FakeToken MakeToken(Call const& call, FakeApp const& app, std::vector<std::string> repositories,
                    bool may_write, int64_t number) {
  FakeToken token;
  // Longer than a personal one: nobody may count on a token's length.
  token.value = absl::StrCat(
      "ghs_", Sha256Hex(absl::StrCat(app.issuer, "/", number, "/", absl::ToUnixNanos(call.now))));
  token.login = absl::StrCat("app-", app.installation, "[bot]");
  token.expires = call.now + kTokenLife;
  token.may_write = may_write;
  token.repositories = std::move(repositories);
  token.points_an_hour = app.points_an_hour;
  return token;
}

Json TokenJson(FakeToken const& token) {
  Json json = {
      {"token", token.value},
      {"expires_at", IsoTime(token.expires)},
      {"permissions", {{"contents", token.may_write ? "write" : "read"}, {"metadata", "read"}}},
      {"repository_selection", "selected"},
      {"repositories", Json::array()}};
  for (std::string const& name : token.repositories)
    json["repositories"].push_back(
        {{"full_name", name}, {"name", name.substr(name.find('/') + 1)}});
  return json;
}

}  // namespace

Answer AnswerTokenCall(Scene const& scene, Call const& call) {
  std::string const jwt(absl::StripPrefix(call.head.Header("authorization"), "Bearer "));
  if (IssuerOf(jwt).empty()) return ErrorAnswer(401, "A JSON web token could not be decoded");
  FakeApp const* const app = FindApp(scene.world, call, jwt);
  if (app == nullptr) return ErrorAnswer(404, "Integration not found");
  absl::Status const good = CheckAppJwt(jwt, *app, call.now);
  if (!good.ok()) return ErrorAnswer(401, good.message());
  Json const wish = Json::parse(call.body, nullptr, /*allow_exceptions=*/false);
  std::vector<std::string> repositories;
  if (wish.is_object() ? !Narrow(*app, wish, repositories)
                       : !Narrow(*app, Json::object(), repositories))
    return ErrorAnswer(422,
                       "There is at least one repository that does not exist or is not "
                       "accessible to the parent installation.");
  FakeToken const token =
      MakeToken(call, *app, std::move(repositories), !wish.is_object() || MayWrite(wish),
                std::ssize(scene.world.tokens()));
  scene.world.AddToken(token);
  return JsonAnswer(201, JsonText(TokenJson(token)));
}

Answer AnswerRateLimit(Scene const& scene, Call const& call, Caller const& caller) {
  PrimaryLimit const primary = scene.limiter.Primary(caller.login, caller.points_an_hour, call.now);
  Json const core = {{"limit", primary.limit},
                     {"used", primary.used},
                     {"remaining", primary.remaining()},
                     {"reset", absl::ToUnixSeconds(primary.reset)}};
  return JsonAnswer(200, JsonText({{"resources", {{"core", core}}}, {"rate", core}}));
}

}  // namespace probefarm::fake_github
