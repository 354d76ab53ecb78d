// What GitHubHost takes away when it was withdrawn, and where withdrawals are told.
#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_host.h"
#include "coordinator/releases/upload_intent.h"
#include "lib/driver/asset_name.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

bool HasIndex(KnownRelease const& known) {
  for (std::string const& name : {std::string(kIndexName), absl::StrCat(kIndexName, kNextSuffix)}) {
    auto const found = known.assets.find(name);
    if (found != known.assets.end() && found->second.uploaded()) return true;
  }
  return false;
}

absl::Status CheckRemovable(ReleaseKey const& key, GitHubAsset const& held,
                            std::string const& digest, std::string const& sha256) {
  if (digest == sha256) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(held.name, " in release ", Describe(key),
                   " has other bytes than those that were withdrawn, sha256 ", digest,
                   ": whose they are is for a person to find out"));
}

}  // namespace

absl::StatusOr<std::vector<ReleaseKey>> GitHubHost::ListIndexes() {
  std::vector<ReleaseKey> releases;
  MutexLock lock(mu_);
  for (auto const& [key, known] : releases_) {
    if (HasIndex(known)) releases.push_back(key);
  }
  return releases;
}

// The list is read whole: what was known may be behind, and so may the list, of what was uploaded a
// moment ago.
absl::StatusOr<std::optional<GitHubAsset>> GitHubHost::PresentUnder(ReleaseKey const& key,
                                                                    KnownRelease const& known,
                                                                    std::string const& name) {
  ASSIGN_OR_RETURN(std::vector<GitHubAsset> assets,
                   patient_.ListAssets(key.repository, known.release.id));
  Change(key,
         [&](KnownRelease& changed) { TakeListing(changed, std::move(assets), 0, clock_.Now()); });
  std::optional<KnownRelease> const fresh = Find(key);
  if (!fresh) return absl::UnavailableError(absl::StrCat("release ", Describe(key), " has gone"));
  auto const listed = fresh->assets.find(name);
  if (listed != fresh->assets.end()) return listed->second;
  auto const before = known.assets.find(name);
  if (before == known.assets.end()) return std::nullopt;
  absl::StatusOr<GitHubAsset> now = patient_.GetAsset(key.repository, before->second.id);
  if (absl::IsNotFound(now.status())) return std::nullopt;
  RETURN_IF_ERROR(now.status());
  if (now->name != name) return std::nullopt;
  return *std::move(now);
}

absl::Status GitHubHost::RemoveAsset(ReleaseKey const& release, std::string const& asset_name,
                                     std::string const& sha256) {
  RETURN_IF_ERROR(CheckReleaseTag(release.tag));
  RETURN_IF_ERROR(CheckFileName(asset_name));
  if (IsSideFileName(asset_name))
    return absl::InvalidArgumentError(absl::StrCat("'", asset_name, "' is a side file's name"));
  ReleaseKey const key{
      release.repository.empty() ? options_.repositories.front() : release.repository, release.tag};
  ASSIGN_OR_RETURN(std::optional<KnownRelease> const known, Know(key));
  if (!known) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::optional<GitHubAsset> const held, PresentUnder(key, *known, asset_name));
  if (!held || held->starter()) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::string const digest, DigestOf(key, *held));
  RETURN_IF_ERROR(CheckRemovable(key, *held, digest, sha256));
  RETURN_IF_ERROR(patient_.DeleteAsset(key.repository, held->id));
  Change(key, [&](KnownRelease& changed) { ForgetRemoved(changed, *held); });
  Log(LogLevel::kInfo, "a withdrawn asset was deleted",
      {{"release", Describe(key)}, {"asset", asset_name}, {"id", held->id}});
  return absl::OkStatus();
}

}  // namespace probefarm
