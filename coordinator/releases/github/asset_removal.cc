#include "coordinator/releases/github/asset_removal.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_downloads.h"
#include "coordinator/releases/github/release_board.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::Status CheckRemovable(ReleaseKey const& key, GitHubAsset const& held,
                            std::string const& digest, std::string const& sha256) {
  if (digest == sha256) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(held.name, " in release ", Describe(key),
                   " has other bytes than those that were withdrawn, sha256 ", digest,
                   ": whose they are is for a person to find out"));
}

}  // namespace

bool HasIndex(KnownRelease const& known) {
  for (std::string const& name : {std::string(kIndexName), absl::StrCat(kIndexName, kNextSuffix)}) {
    std::optional<GitHubAsset> const found = AssetIn(known, name);
    if (found && found->uploaded()) return true;
  }
  return false;
}

// The list is read whole: what was known may be behind, and so may the list, of what was uploaded a
// moment ago.
absl::StatusOr<std::optional<GitHubAsset>> AssetRemoval::PresentUnder(ReleaseKey const& key,
                                                                      KnownRelease const& known,
                                                                      std::string const& name) {
  ASSIGN_OR_RETURN(std::vector<GitHubAsset> assets,
                   patient_.ListAssets(key.repository, known.release.id));
  releases_.Change(key, [&](KnownRelease& changed) {
    TakeListing(changed, std::move(assets), 0, clock_.Now());
  });
  std::optional<KnownRelease> const fresh = releases_.Find(key);
  if (!fresh) return absl::UnavailableError(absl::StrCat("release ", Describe(key), " has gone"));
  if (std::optional<GitHubAsset> listed = AssetIn(*fresh, name)) return listed;
  std::optional<GitHubAsset> const before = AssetIn(known, name);
  if (!before) return std::nullopt;
  absl::StatusOr<GitHubAsset> now = patient_.GetAsset(key.repository, before->id);
  if (absl::IsNotFound(now.status())) return std::nullopt;
  RETURN_IF_ERROR(now.status());
  if (now->name != name) return std::nullopt;
  return *std::move(now);
}

absl::Status AssetRemoval::Remove(ReleaseKey const& key, std::string const& asset_name,
                                  std::string const& sha256) {
  ASSIGN_OR_RETURN(std::optional<KnownRelease> const known, releases_.Know(key));
  if (!known) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::optional<GitHubAsset> const held, PresentUnder(key, *known, asset_name));
  if (!held || held->starter()) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::string const digest, DigestOf(releases_, patient_, key, *held));
  RETURN_IF_ERROR(CheckRemovable(key, *held, digest, sha256));
  RETURN_IF_ERROR(patient_.DeleteAsset(key.repository, held->id));
  releases_.Change(key, [&](KnownRelease& changed) { ForgetRemoved(changed, *held); });
  Log(LogLevel::kInfo, "a withdrawn asset was deleted",
      {{"release", Describe(key)}, {"asset", asset_name}, {"id", held->id}});
  return absl::OkStatus();
}

}  // namespace probefarm
