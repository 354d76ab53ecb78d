#include "tests/testing/farm/idle_engine.h"

#include "absl/strings/match.h"

namespace probefarm {
namespace {

void Answer(ScriptedExchange& exchange) {
  std::string const& target = exchange.request().target;
  if (absl::StrContains(target, "/version")) {
    exchange.Answer(200, R"({"Version":"1","ApiVersion":"1.40","Arch":"amd64"})");
  } else if (absl::StrContains(target, "/containers/json")) {
    exchange.Answer(200, "[]");
  } else if (absl::StrContains(target, "/volumes?")) {
    exchange.Answer(200, R"({"Volumes":[]})");
  } else {
    exchange.Answer(500, R"({"message":"this engine does nothing"})");
  }
}

}  // namespace

IdleEngine::IdleEngine(std::string const& path) : path_(path), server_(path, Answer) {}

}  // namespace probefarm
