#include "tests/testing/github/control_dump.h"

#include <nlohmann/json.hpp>

#include "tests/testing/github/stored.h"

namespace probefarm::fake_github {
namespace {

using Json = nlohmann::json;

Json DumpRelease(FakeRelease const& release) {
  Json json = Stored(release);
  json["assets"] = Json::array();
  for (FakeAsset const& asset : release.assets) json["assets"].push_back(Stored(asset));
  return json;
}

Json DumpRepository(Repository const& repository) {
  Json json = {{"id", repository.id}, {"releases", Json::array()}, {"files", Json::object()}};
  for (auto const& [id, release] : repository.releases)
    json["releases"].push_back(DumpRelease(release));
  for (auto const& [path, file] : repository.files) json["files"][path] = file.sha;
  return json;
}

}  // namespace

Json DumpState(World& world) {
  Json json = Json::object();
  for (auto const& [name, repository] : world.repositories())
    json[name] = DumpRepository(repository);
  return json;
}

Json DumpCounters(FakeCounters const& counters) {
  return {{"calls", counters.calls},
          {"not_modified", counters.not_modified},
          {"points", counters.points},
          {"limited", counters.limited},
          {"limited_by", counters.limited_by},
          {"most_concurrent", counters.most_concurrent},
          {"leaked_tokens", counters.leaked_tokens},
          {"faults_struck", counters.faults_struck}};
}

Json DumpRequests(std::vector<FakeRequest> const& requests) {
  Json json = Json::array();
  for (FakeRequest const& request : requests)
    json.push_back({{"listener", request.listener},
                    {"method", request.method},
                    {"target", request.target},
                    {"host", request.host},
                    {"has_authorization", request.has_authorization},
                    {"kind", std::string(FakeCallKindName(request.kind))},
                    {"status", request.status},
                    {"at_micros", absl::ToUnixMicros(request.at)}});
  return json;
}

}  // namespace probefarm::fake_github
