#include "tests/testing/github/control.h"

#include <nlohmann/json.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_macros.h"
#include "tests/testing/github/control_dump.h"
#include "tests/testing/github/plant.h"

namespace probefarm::fake_github {
namespace {

using Json = nlohmann::json;

Answer Done() { return JsonAnswer(200, "{}"); }

absl::Duration SecondsAt(Json const& json, char const* field) {
  return absl::Seconds(json.value(field, 0.0));
}

Answer PlantFault(Core& core, Json const& json) {
  absl::StatusOr<FakeFault> const fault = ParseFakeFault(json.at("rule").get<std::string>());
  if (!fault.ok()) return ErrorAnswer(400, fault.status().message());
  core.Plant(*fault);
  return Done();
}

Answer SetLag(Core& core, Json const& json) {
  absl::Duration const least = SecondsAt(json, "list_seconds");
  absl::Duration const most =
      absl::Seconds(json.value("list_most_seconds", absl::ToDoubleSeconds(least)));
  core.WithWorld([&](World& world) {
    world.SetListLag(least, most, json.value("seed", uint64_t{1}));
    world.SetTagLag(SecondsAt(json, "tag_seconds"));
  });
  return Done();
}

Answer SetLimits(Core& core, Json const& json) {
  FakeLimits limits = core.limits();
  limits.assets_a_release = json.value("assets_a_release", limits.assets_a_release);
  limits.asset_bytes = json.value("asset_bytes", limits.asset_bytes);
  limits.body_characters = json.value("body_characters", limits.body_characters);
  limits.listed_releases = json.value("listed_releases", limits.listed_releases);
  limits.concurrent = json.value("concurrent", limits.concurrent);
  limits.points_a_minute = json.value("points_a_minute", limits.points_a_minute);
  limits.creations_a_minute = json.value("creations_a_minute", limits.creations_a_minute);
  limits.creations_an_hour = json.value("creations_an_hour", limits.creations_an_hour);
  limits.answer_429 = json.value("answer_429", limits.answer_429);
  limits.upload_points = json.value("upload_points", limits.upload_points);
  limits.clash_points = json.value("clash_points", limits.clash_points);
  limits.off = json.value("off", limits.off);
  core.SetLimits(limits);
  return Done();
}

Answer AddRepository(Core& core, Json const& json) {
  FakeRepository settings;
  settings.default_branch = json.value("default_branch", settings.default_branch);
  settings.is_private = json.value("is_private", false);
  settings.immutable_releases = json.value("immutable_releases", false);
  settings.branches = json.value("branches", settings.branches);
  settings.commits = json.value("commits", settings.commits);
  settings.workflow_commits = json.value("workflow_commits", settings.workflow_commits);
  std::string const name = json.at("name");
  core.WithWorld([&](World& world) { world.AddRepository(name, settings); });
  return Done();
}

Answer AddToken(Core& core, Json const& json) {
  FakeToken token;
  token.value = json.at("value");
  token.login = json.value("login", token.login);
  token.may_write = json.value("may_write", true);
  token.repositories = json.value("repositories", token.repositories);
  token.points_an_hour = json.value("points_an_hour", token.points_an_hour);
  if (json.contains("expires_in_seconds"))
    token.expires = core.Now() + SecondsAt(json, "expires_in_seconds");
  core.WithWorld([&](World& world) { world.AddToken(token); });
  return Done();
}

Answer AddApp(Core& core, Json const& json) {
  FakeApp app;
  app.issuer = json.at("issuer");
  app.public_key = json.at("public_key");
  app.installation = json.at("installation");
  app.repositories = json.at("repositories");
  app.points_an_hour = json.value("points_an_hour", app.points_an_hour);
  core.WithWorld([&](World& world) { world.AddApp(app); });
  return Done();
}

FakeAsset AssetOf(Json const& json) {
  FakeAsset asset;
  asset.name = json.at("name");
  asset.label = json.value("label", "");
  asset.state = json.value("state", asset.state);
  asset.size = json.value("size", int64_t{0});
  asset.digest = json.value("digest", "");
  if (json.contains("text"))
    asset.bytes = std::make_shared<std::string const>(json["text"].get<std::string>());
  return asset;
}

Answer PlantAssets(Core& core, Json const& json) {
  Json const list = json.is_array() ? json : Json::array({json});
  absl::Time const now = core.Now();
  for (Json const& one : list) {
    std::string const repository = one.at("repository");
    std::string const tag = one.at("tag");
    FakeAsset const asset = AssetOf(one);
    int64_t const id = core.WithWorld(
        [&](World& world) { return PlantAssetByName(world, repository, tag, asset, now); });
    if (id == 0) return ErrorAnswer(400, absl::StrCat("no repository ", repository));
  }
  return Done();
}

Answer RemoveAsset(Core& core, Call const& call) {
  int64_t id = 0;
  (void)absl::SimpleAtoi(call.Query("id"), &id);
  bool const removed = core.WithWorld([&](World& world) {
    Repository* const repository = world.FindRepository(call.Query("repository"));
    return repository != nullptr && world.RemoveAsset(*repository, id);
  });
  return removed ? Done() : NotFoundAnswer();
}

Answer Get(Core& core, std::string const& what) {
  if (what == "state")
    return JsonAnswer(200, core.WithWorld([](World& world) { return JsonText(DumpState(world)); }));
  if (what == "counters") return JsonAnswer(200, JsonText(DumpCounters(core.counters())));
  if (what == "requests") return JsonAnswer(200, JsonText(DumpRequests(core.requests())));
  return NotFoundAnswer();
}

Answer Delete(Core& core, Call const& call, std::string const& what) {
  if (what == "assets") return RemoveAsset(core, call);
  if (what == "faults") core.ClearFaults();
  if (what == "counters") core.ResetCounters();
  return what == "faults" || what == "counters" ? Done() : NotFoundAnswer();
}

Answer Post(Core& core, std::string const& what, Json const& json) {
  if (what == "faults") return PlantFault(core, json);
  if (what == "lag") return SetLag(core, json);
  if (what == "limits") return SetLimits(core, json);
  if (what == "repositories") return AddRepository(core, json);
  if (what == "tokens") return AddToken(core, json);
  if (what == "apps") return AddApp(core, json);
  if (what == "assets") return PlantAssets(core, json);
  if (what != "clock") return NotFoundAnswer();
  core.AdvanceClock(SecondsAt(json, "advance_seconds"));
  return JsonAnswer(200, JsonText({{"now", IsoTime(core.Now())}}));
}

}  // namespace

Answer AnswerControl(Core& core, Call const& call, std::string const& body) {
  std::string const what = call.path.substr(call.path.rfind('/') + 1);
  if (call.head.method == "GET") return Get(core, what);
  if (call.head.method == "DELETE") return Delete(core, call, what);
  try {
    return Post(core, what, Json::parse(body));
  } catch (Json::exception const& error) {
    return ErrorAnswer(400, error.what());
  }
}

}  // namespace probefarm::fake_github
