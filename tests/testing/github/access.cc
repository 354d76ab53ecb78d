#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tests/testing/github/calls.h"

namespace probefarm::fake_github {
namespace {

// "Bearer X" or "token X"; empty otherwise.
std::string TokenOf(Call const& call) {
  std::pair<std::string, std::string> const words =
      absl::StrSplit(call.head.Header("authorization"), absl::MaxSplits(' ', 1));
  bool const known =
      absl::EqualsIgnoreCase(words.first, "bearer") || absl::EqualsIgnoreCase(words.first, "token");
  return known ? words.second : "";
}

bool Covers(FakeToken const& token, std::string const& repository) {
  return token.repositories.empty() ||
         std::find(token.repositories.begin(), token.repositories.end(), repository) !=
             token.repositories.end();
}

Answer NotYours() {
  return ErrorAnswer(403, "Resource not accessible by personal access token",
                     "https://docs.github.com/rest/releases/releases#create-a-release");
}

}  // namespace

Caller IdentifyCaller(World& world, Call const& call) {
  Caller caller;
  if (call.head.Header("authorization").empty()) return caller;
  auto const found = world.tokens().find(TokenOf(call));
  if (found == world.tokens().end() || found->second.expires <= call.now) {
    caller.refused = ErrorAnswer(401, "Bad credentials");
    return caller;
  }
  caller.token = found->second;
  caller.login = found->second.login;
  caller.points_an_hour = found->second.points_an_hour;
  return caller;
}

Access AccessRepository(World& world, Call const& call, Caller const& caller) {
  Access access;
  access.repository = call.repository_id != 0 ? world.FindRepository(call.repository_id)
                                              : world.FindRepository(call.repository);
  bool const covered = access.repository != nullptr && caller.token &&
                       Covers(*caller.token, access.repository->name);
  bool const visible =
      access.repository != nullptr && (covered || !access.repository->settings.is_private);
  access.may_write = covered && caller.token->may_write;
  if (visible && (access.may_write || !IsWrite(call.kind))) return access;
  access.repository = nullptr;
  access.refused = !visible       ? NotFoundAnswer()
                   : caller.token ? NotYours()
                                  : ErrorAnswer(401, "Requires authentication");
  return access;
}

}  // namespace probefarm::fake_github
