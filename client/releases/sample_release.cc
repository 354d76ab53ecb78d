#include "client/releases/sample_release.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/releases/repository.h"
#include "lib/build/sample_build_spec.h"
#include "lib/digest/sha256.h"
#include "lib/index/provenance.h"
#include "lib/index/release_index.h"
#include "lib/index/sha256sums.h"

namespace probefarm {
namespace {

constexpr char kRoute[] = "/releases/download/";
constexpr char kStorage[] = "/storage/";

IndexedProbe Indexed(std::string const& name, std::string const& bytes) {
  IndexedProbe indexed;
  indexed.probe = SampleBuildSpec().probe;
  indexed.file_name = name;
  indexed.asset_name = name;
  indexed.url = "http://unused.example/";
  indexed.sha256 = Sha256Hex(bytes);
  indexed.size = static_cast<int64_t>(bytes.size());
  indexed.published_at = absl::FromUnixSeconds(1'700'000'000);
  return indexed;
}

std::string ProvenanceLine(std::string const& name, std::string const& bytes,
                           SigningKey const& key) {
  return RenderProvenance({name, Sha256Hex(bytes), ToJson(SampleBuildSpec()), 17, 2, "w1",
                           absl::FromUnixSeconds(1'700'000'000)},
                          &key)
      .value();
}

}  // namespace

std::map<std::string, std::string> SampleRelease(SigningKey const& key, std::string const& tag) {
  std::map<std::string, std::string> files = {{kSampleAsset, kSampleBytes}, {"other.o", "other"}};
  ReleaseIndex index{tag, {}, {}};
  std::string provenance;
  for (auto const& [name, bytes] : files) {
    index.probes.push_back(Indexed(name, bytes));
    provenance += ProvenanceLine(name, bytes, key);
  }
  files["index.json"] = RenderReleaseIndex(std::move(index));
  files["provenance.jsonl"] = std::move(provenance);
  SignAgain(files, key);
  return files;
}

void WithdrawFrom(std::map<std::string, std::string>& files, std::string const& asset,
                  SigningKey const& key, SigningKey const& tombstone_key) {
  ReleaseIndex index = ParseReleaseIndex(files.at("index.json")).value();
  Tombstone tombstone;
  tombstone.probe = SampleBuildSpec().probe;
  tombstone.tag = index.tag;
  tombstone.file_name = tombstone.asset_name = asset;
  tombstone.sha256 = Sha256Hex(files.at(asset));
  tombstone.reason = "panics on load";
  tombstone.withdrawn_at = absl::FromUnixSeconds(1'700'000'000);
  std::erase_if(index.probes, [&](auto const& probe) { return probe.asset_name == asset; });
  index.withdrawn.push_back(SignTombstone(tombstone, &tombstone_key).value());
  files.erase(asset);
  files["index.json"] = RenderReleaseIndex(std::move(index));
  SignAgain(files, key);
}

void SignAgain(std::map<std::string, std::string>& files, SigningKey const& key) {
  files.erase("SHA256SUMS");
  files.erase("SHA256SUMS.sig");
  std::vector<Sha256SumsLine> lines;
  lines.reserve(files.size());
  for (auto const& [name, bytes] : files) lines.push_back({name, Sha256Hex(bytes)});
  files["SHA256SUMS"] = RenderSha256Sums(std::move(lines)).value();
  files["SHA256SUMS.sig"] = key.Sign(files["SHA256SUMS"]).value();
}

ReleaseServer::ReleaseServer()
    : server_([this](ScriptedExchange& exchange) { Answer(exchange); }) {}

void ReleaseServer::Put(std::string const& tag, std::map<std::string, std::string> const& files) {
  for (auto const& [name, bytes] : files) Put(tag, name, bytes);
}

void ReleaseServer::Put(std::string const& tag, std::string const& name, std::string bytes) {
  std::string const path = DownloadUrl({}, tag, name);
  MutexLock lock(mu_);
  if (bytes.empty()) {
    files_.erase(path);
  } else {
    files_[path] = std::move(bytes);
  }
}

void ReleaseServer::Answer(ScriptedExchange& exchange) {
  absl::string_view path = exchange.request().target;
  if (absl::ConsumePrefix(&path, kRoute)) {
    exchange.Answer(302, "", {{"Location", server_.Url(absl::StrCat(kStorage, path))}});
    return;
  }
  absl::ConsumePrefix(&path, kStorage);
  std::string const file = absl::StrCat(kRoute, path);
  if (hook_) hook_(file);
  MutexLock lock(mu_);
  auto const found = files_.find(file);
  if (found == files_.end()) {
    exchange.Answer(404, "Not Found");
  } else {
    exchange.Answer(200, found->second);
  }
}

}  // namespace probefarm
