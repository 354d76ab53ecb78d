#include "lib/index/release_index.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/digest/hex.h"
#include "lib/driver/log_bundle_name.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMaxText = size_t{64} << 20;

std::string Dump(Json const& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json ToJson(std::vector<IndexedInput> const& inputs) {
  Json list = Json::array();
  for (IndexedInput const& input : inputs)
    list.push_back({{"name", input.name}, {"sha256", input.sha256}});
  return list;
}

Json ToJson(IndexedLog const& log) {
  return {{"bundle", log.bundle}, {"sha256", log.sha256}, {"size", log.size}};
}

Json ToJson(IndexedBundle const& bundle) {
  return {{"name", bundle.name}, {"sha256", bundle.sha256}, {"size", bundle.size}};
}

Json ToJson(IndexedProbe const& indexed) {
  ProbeId const& probe = indexed.probe;
  Json json = {{"name", indexed.file_name},
               {"asset", indexed.asset_name},
               {"url", indexed.url},
               {"sha256", indexed.sha256},
               {"size", indexed.size},
               {"driver_version", probe.driver_version},
               {"target", probe.target},
               {"kernel_release", probe.kernel_release},
               {"kernel_version", probe.kernel_version},
               {"arch", ArchName(probe.arch)},
               {"kind", KindName(probe.kind)},
               {"job", indexed.job},
               {"worker", indexed.worker},
               {"published_at",
                absl::FormatTime(absl::RFC3339_sec, indexed.published_at, absl::UTCTimeZone())},
               {"builder", {{"name", indexed.builder.name}, {"sha256", indexed.builder.sha256}}},
               {"headers", ToJson(indexed.headers)},
               {"source", ToJson(indexed.source)}};
  if (indexed.log) json["log"] = ToJson(*indexed.log);
  return json;
}

// nlohmann's own errors name what is missing or of another type.
IndexedInput ReadInput(Json const& json) {
  return {json.at("name").get<std::string>(), json.at("sha256").get<std::string>()};
}

std::vector<IndexedInput> ReadInputs(Json const& json) {
  std::vector<IndexedInput> inputs;
  for (Json const& input : json) inputs.push_back(ReadInput(input));
  return inputs;
}

absl::Status CheckFile(std::string const& bundle, std::string const& sha256, int64_t size) {
  if (!IsLogBundleName(bundle))
    return absl::InvalidArgumentError(absl::StrCat("'", bundle, "' is no bundle of logs"));
  if (!IsSha256Hex(sha256))
    return absl::InvalidArgumentError(absl::StrCat("'", sha256, "' is no SHA-256"));
  if (size < 0) return absl::InvalidArgumentError(absl::StrCat(bundle, ": a size of ", size));
  return absl::OkStatus();
}

absl::StatusOr<IndexedLog> ReadLog(Json const& json) {
  IndexedLog log{json.at("bundle").get<std::string>(), json.at("sha256").get<std::string>(),
                 json.at("size").get<int64_t>()};
  RETURN_IF_ERROR(CheckFile(log.bundle, log.sha256, log.size));
  return log;
}

absl::StatusOr<IndexedBundle> ReadBundle(Json const& json) {
  IndexedBundle bundle{json.at("name").get<std::string>(), json.at("sha256").get<std::string>(),
                       json.at("size").get<int64_t>()};
  RETURN_IF_ERROR(CheckFile(bundle.name, bundle.sha256, bundle.size));
  return bundle;
}

absl::StatusOr<IndexedProbe> ReadProbe(Json const& json) {
  IndexedProbe read;
  read.file_name = json.at("name").get<std::string>();
  read.asset_name = json.at("asset").get<std::string>();
  read.url = json.at("url").get<std::string>();
  read.sha256 = json.at("sha256").get<std::string>();
  read.size = json.at("size").get<int64_t>();
  read.probe.driver_version = json.at("driver_version").get<std::string>();
  read.probe.target = json.at("target").get<std::string>();
  read.probe.kernel_release = json.at("kernel_release").get<std::string>();
  read.probe.kernel_version = json.at("kernel_version").get<std::string>();
  ASSIGN_OR_RETURN(read.probe.arch, ParseArch(json.at("arch").get<std::string>()));
  ASSIGN_OR_RETURN(read.probe.kind, ParseKind(json.at("kind").get<std::string>()));
  read.job = json.at("job").get<int64_t>();
  read.worker = json.at("worker").get<std::string>();
  read.builder = ReadInput(json.at("builder"));
  read.headers = ReadInputs(json.at("headers"));
  read.source = ReadInputs(json.at("source"));
  if (json.contains("log")) {
    ASSIGN_OR_RETURN(read.log, ReadLog(json.at("log")));
  }
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_sec, json.at("published_at").get<std::string>(),
                       &read.published_at, &error)) {
    return absl::InvalidArgumentError(absl::StrCat("published_at: ", error));
  }
  if (!IsSha256Hex(read.sha256))
    return absl::InvalidArgumentError(absl::StrCat("'", read.sha256, "' is no SHA-256"));
  return read;
}

absl::StatusOr<ReleaseIndex> ReadIndex(Json const& json) {
  ReleaseIndex index;
  index.tag = json.at("tag").get<std::string>();
  for (Json const& probe : json.at("probes")) {
    ASSIGN_OR_RETURN(IndexedProbe read, ReadProbe(probe));
    index.probes.push_back(std::move(read));
  }
  if (json.contains("withdrawn")) {
    for (Json const& entry : json.at("withdrawn")) {
      ASSIGN_OR_RETURN(SignedTombstone read, ParseTombstone(Dump(entry)));
      index.withdrawn.push_back(std::move(read));
    }
  }
  if (!json.contains("bundles")) return index;
  for (Json const& bundle : json.at("bundles")) {
    ASSIGN_OR_RETURN(IndexedBundle read, ReadBundle(bundle));
    index.bundles.push_back(std::move(read));
  }
  return index;
}

bool Earlier(SignedTombstone const& a, SignedTombstone const& b) {
  auto const order = [](Tombstone const& tombstone) {
    return std::tie(tombstone.asset_name, tombstone.withdrawn_at, tombstone.sha256);
  };
  return order(a.tombstone) < order(b.tombstone);
}

template <class T>
absl::StatusOr<T> Parse(absl::string_view what, absl::string_view text,
                        absl::StatusOr<T> (*read)(Json const&)) {
  if (text.size() > kMaxText)
    return absl::InvalidArgumentError(absl::StrCat(what, ": more than 64 MB"));
  Json const json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return absl::InvalidArgumentError(absl::StrCat(what, ": not JSON"));
  try {
    absl::StatusOr<T> result = read(json);
    if (!result.ok()) return Annotate(result.status(), what);
    return result;
  } catch (Json::exception const& error) {
    return absl::InvalidArgumentError(absl::StrCat(what, ": ", error.what()));
  }
}

}  // namespace

std::string RenderReleaseIndex(ReleaseIndex index) {
  std::sort(
      index.probes.begin(), index.probes.end(),
      [](IndexedProbe const& a, IndexedProbe const& b) { return a.asset_name < b.asset_name; });
  std::sort(index.withdrawn.begin(), index.withdrawn.end(), &Earlier);
  std::sort(index.bundles.begin(), index.bundles.end(),
            [](IndexedBundle const& a, IndexedBundle const& b) {
              return LogBundleNumber(a.name) < LogBundleNumber(b.name);
            });
  Json json = {{"tag", index.tag},
               {"probes", Json::array()},
               {"withdrawn", Json::array()},
               {"bundles", Json::array()}};
  for (IndexedProbe const& probe : index.probes) json["probes"].push_back(ToJson(probe));
  for (SignedTombstone const& entry : index.withdrawn)
    json["withdrawn"].push_back(Json::parse(RenderTombstone(entry)));
  for (IndexedBundle const& bundle : index.bundles) json["bundles"].push_back(ToJson(bundle));
  return absl::StrCat(json.dump(1, ' ', false, Json::error_handler_t::replace), "\n");
}

absl::StatusOr<ReleaseIndex> ParseReleaseIndex(absl::string_view text) {
  return Parse("release index", text, &ReadIndex);
}

SignedTombstone const* FindTombstone(ReleaseIndex const& index, absl::string_view asset_name,
                                     absl::string_view sha256) {
  SignedTombstone const* found = nullptr;
  for (SignedTombstone const& entry : index.withdrawn) {
    Tombstone const& tombstone = entry.tombstone;
    if (tombstone.asset_name != asset_name) continue;
    if (!sha256.empty() && tombstone.sha256 != sha256) continue;
    if (found == nullptr || Earlier(*found, entry)) found = &entry;
  }
  return found;
}

std::string RenderIndexedProbe(IndexedProbe const& probe) { return Dump(ToJson(probe)); }

absl::StatusOr<IndexedProbe> ParseIndexedProbe(absl::string_view text) {
  return Parse("entry of a release index", text, &ReadProbe);
}

}  // namespace probefarm
