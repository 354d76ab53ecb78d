#include "tests/crash/release_audit.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/digest/sha256.h"
#include "lib/driver/log_bundle_name.h"
#include "lib/index/release_index.h"
#include "lib/index/sha256sums.h"
#include "lib/index/side_file_names.h"

namespace probefarm {
namespace {

using Json = nlohmann::json;
using Complaints = std::vector<std::string>;
using Digests = std::map<std::string, std::string>;  // by asset name

// Of the fake's journal.
constexpr int kAsset = 4;

std::string ContentOf(FakeRelease const& release, absl::string_view name) {
  for (FakeAsset const& asset : release.assets) {
    if (asset.name == name && asset.bytes) return *asset.bytes;
  }
  return "";
}

Digests SumsOf(FakeRelease const& release, Complaints& complaints) {
  Digests sums;
  auto const lines = ParseSha256Sums(ContentOf(release, kSha256SumsName));
  if (!lines.ok()) complaints.push_back(absl::StrCat(release.tag, ": ", lines.status().ToString()));
  if (lines.ok()) {
    for (Sha256SumsLine const& line : *lines) sums[line.name] = line.sha256;
  }
  return sums;
}

Digests IndexOf(FakeRelease const& release, Complaints& complaints) {
  Digests digests;
  auto const index = ParseReleaseIndex(ContentOf(release, kIndexName));
  if (!index.ok()) complaints.push_back(absl::StrCat(release.tag, ": ", index.status().ToString()));
  if (index.ok()) {
    for (IndexedProbe const& probe : index->probes) digests[probe.asset_name] = probe.sha256;
  }
  return digests;
}

// All but side files, which are replaced.
bool IsWrittenOnce(std::string const& name) {
  return !IsSideFileName(name) || IsLogBundleName(name);
}

// What the release holds beside its side files.
Digests HeldBy(FakeRelease const& release, Complaints& complaints) {
  Digests held;
  std::set<std::string> names;
  for (FakeAsset const& asset : release.assets) {
    std::string const what = absl::StrCat(release.tag, "/", asset.name);
    if (!names.insert(asset.name).second)
      complaints.push_back(absl::StrCat(what, " is there twice"));
    if (asset.state != "uploaded") complaints.push_back(absl::StrCat(what, " is ", asset.state));
    if (absl::EndsWith(asset.name, kNextSuffix))
      complaints.push_back(absl::StrCat(what, " was left behind"));
    if (!IsSideFileName(asset.name) && asset.bytes) held[asset.name] = Sha256Hex(*asset.bytes);
  }
  return held;
}

void Compare(std::string const& what, Digests const& found, Digests const& wanted,
             Complaints& complaints) {
  for (auto const& [name, digest] : wanted) {
    auto const there = found.find(name);
    if (there == found.end()) complaints.push_back(absl::StrCat(what, " lacks ", name));
    if (there != found.end() && there->second != digest)
      complaints.push_back(
          absl::StrCat(what, " has ", name, " with ", there->second, ", not ", digest));
  }
  for (auto const& [name, digest] : found) {
    if (!wanted.contains(name)) complaints.push_back(absl::StrCat(what, " has ", name, " besides"));
  }
}

}  // namespace

Complaints AuditJobs(std::vector<v1::Job> const& jobs,
                     std::vector<v1::PublishedProbe> const& probes) {
  Complaints complaints;
  std::map<int64_t, int> published;
  for (v1::PublishedProbe const& probe : probes) ++published[probe.job()];
  for (v1::Job const& job : jobs) {
    if (job.state() != v1::PUBLISHED) {
      complaints.push_back(absl::StrCat("job ", job.id(), " of epoch ", job.epoch(), " is ",
                                        v1::JobState_Name(job.state()), ": ", job.reason().code(),
                                        " ", job.reason().text()));
    } else if (published[job.id()] != 1) {
      complaints.push_back(
          absl::StrCat("job ", job.id(), " is ", published[job.id()], " times in the catalog"));
    }
  }
  return complaints;
}

Complaints AuditReleases(std::vector<FakeRelease> const& releases,
                         std::vector<v1::PublishedProbe> const& probes) {
  Complaints complaints;
  std::map<std::string, Digests> wanted;  // by tag
  std::map<std::string, Digests> found;
  for (v1::PublishedProbe const& probe : probes)
    wanted[probe.tag()][probe.asset_name()] = probe.artifact().sha256();
  for (FakeRelease const& release : releases) {
    Digests const held = HeldBy(release, complaints);
    Digests summed = held;  // SHA256SUMS vouches for the other side files, too
    for (char const* name : {kIndexName, kProvenanceName})
      summed[name] = Sha256Hex(ContentOf(release, name));
    for (FakeAsset const& asset : release.assets) {
      if (IsLogBundleName(asset.name) && asset.bytes) summed[asset.name] = Sha256Hex(*asset.bytes);
    }
    Compare(absl::StrCat(release.tag, "/", kSha256SumsName), SumsOf(release, complaints), summed,
            complaints);
    Compare(absl::StrCat(release.tag, "/", kIndexName), IndexOf(release, complaints), held,
            complaints);
    for (auto const& [name, digest] : held) {
      if (!found[release.tag].emplace(name, digest).second)
        complaints.push_back(absl::StrCat(release.tag, "/", name, " is in two releases"));
    }
  }
  for (auto const& [tag, digests] : wanted) Compare(tag, found[tag], digests, complaints);
  for (auto const& [tag, digests] : found) {
    if (!wanted.contains(tag)) Compare(tag, digests, {}, complaints);
  }
  return complaints;
}

Complaints AuditJournal(std::string const& journal) {
  std::map<int64_t, Json> by_revision;
  for (absl::string_view const text : absl::StrSplit(journal, '\n', absl::SkipEmpty())) {
    Json line = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
    if (!line.is_object() || line.value("thing", -1) != kAsset) continue;
    int64_t const revision = line.value("revision", int64_t{0});
    by_revision[revision] = std::move(line);
  }
  Complaints complaints;
  std::map<int64_t, Json> whole;  // the assets that are not side files
  for (auto const& [revision, line] : by_revision) {
    Json const& value = line["value"];
    int64_t const id = line["id"];
    auto const known = whole.find(id);
    if (known != whole.end()) {
      std::string const name = known->second["name"];
      if (value.is_null()) {
        complaints.push_back(absl::StrCat(name, " was deleted"));
      } else if (value["file"] != known->second["file"] || value["name"] != name) {
        complaints.push_back(absl::StrCat(name, " was changed"));
      }
    }
    if (value.is_object() && value["state"] == "uploaded" &&
        IsWrittenOnce(value["name"].get<std::string>()))
      whole[id] = value;
  }
  if (by_revision.empty()) complaints.emplace_back("the journal is empty");
  return complaints;
}

}  // namespace probefarm
