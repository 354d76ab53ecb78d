#include "tests/crash/log_audit.h"

#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/driver/log_bundle_name.h"
#include "lib/index/log_bundle.h"
#include "lib/index/release_index.h"
#include "lib/index/side_file_names.h"

namespace probefarm {
namespace {

using Complaints = std::vector<std::string>;
using Files = std::map<std::string, std::string>;  // by name

Files FilesOf(FakeRelease const& release) {
  Files files;
  for (FakeAsset const& asset : release.assets) {
    if (asset.bytes) files[asset.name] = *asset.bytes;
  }
  return files;
}

void AuditBundles(ReleaseIndex const& index, Files const& files, Complaints& complaints) {
  std::map<std::string, std::string> listed;
  for (IndexedBundle const& bundle : index.bundles) listed[bundle.name] = bundle.sha256;
  for (auto const& [name, bytes] : files) {
    if (!IsLogBundleName(name)) continue;
    std::string const sha256 = Sha256Hex(bytes);
    if (listed[name] != sha256)
      complaints.push_back(absl::StrCat(name, " is listed with '", listed[name], "'"));
    if (!absl::StrContains(files.at(kSha256SumsName), absl::StrCat(sha256, "  ", name, "\n")))
      complaints.push_back(absl::StrCat(name, " is not in SHA256SUMS"));
    listed.erase(name);
  }
  for (auto const& [name, sha256] : listed)
    if (!files.contains(name)) complaints.push_back(absl::StrCat(name, " is not there"));
}

void AuditLog(IndexedProbe const& probe, Files const& files, Complaints& complaints) {
  int holders = 0;
  for (auto const& [name, bytes] : files) {
    if (!IsLogBundleName(name)) continue;
    absl::StatusOr<std::string> const log = LogInBundle(bytes, probe.asset_name);
    if (!log.ok()) continue;
    ++holders;
    if (name != probe.log->bundle || Sha256Hex(*log) != probe.log->sha256 || log->empty())
      complaints.push_back(absl::StrCat("the log of ", probe.asset_name, " in ", name,
                                        " is not the one that the index lists"));
  }
  if (holders != 1)
    complaints.push_back(
        absl::StrCat("the log of ", probe.asset_name, " is in ", holders, " bundles"));
}

}  // namespace

std::vector<std::string> AuditLogBundles(std::vector<FakeRelease> const& releases, int& waiting) {
  Complaints complaints;
  waiting = 0;
  for (FakeRelease const& release : releases) {
    Files const files = FilesOf(release);
    auto const index = ParseReleaseIndex(files.contains(kIndexName) ? files.at(kIndexName) : "");
    if (!index.ok() || !files.contains(kSha256SumsName)) {
      complaints.push_back(absl::StrCat(release.tag, " has no index"));
      continue;
    }
    AuditBundles(*index, files, complaints);
    for (IndexedProbe const& probe : index->probes) {
      if (probe.log) AuditLog(probe, files, complaints);
      waiting += probe.log ? 0 : 1;
    }
  }
  return complaints;
}

}  // namespace probefarm
