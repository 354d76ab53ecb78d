#include "coordinator/releases/github/asset_search.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_downloads.h"
#include "coordinator/releases/upload_intent.h"
#include "lib/driver/asset_name.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

absl::StatusOr<HostedAsset> AssetSearch::FindAsset(std::string const& tag,
                                                   std::string const& asset_name) {
  RETURN_IF_ERROR(CheckReleaseTag(tag));
  RETURN_IF_ERROR(CheckFileName(asset_name));
  absl::Status not_there = absl::NotFoundError(absl::StrCat("no asset ", tag, "/", asset_name));
  if (IsSideFileName(asset_name)) return not_there;
  bool any_release = false;
  for (std::string const& repository : options_.repositories) {
    ReleaseKey const key{repository, tag};
    ASSIGN_OR_RETURN(std::optional<KnownRelease> const known, releases_.Know(key));
    if (!known) continue;
    any_release = true;
    absl::StatusOr<HostedAsset> asset = LookFor(key, *known, asset_name);
    if (asset.ok()) return asset;
    if (!absl::IsNotFound(asset.status())) not_there = asset.status();
  }
  if (!any_release && releases_.StartedJustNow())
    return absl::UnavailableError(
        absl::StrCat("no list has ", tag, "/", asset_name,
                     " yet: what was uploaded before the start may follow"));
  return not_there;
}

absl::StatusOr<HostedAsset> AssetSearch::LookFor(ReleaseKey const& key, KnownRelease const& seen,
                                                 std::string const& name) {
  std::optional<GitHubAsset> const asset = AssetIn(seen, name);
  if (asset && asset->uploaded()) {
    DropGrant(key, name);
    return WithDigest(key, *asset);
  }
  EndGrant(key, name);
  std::optional<KnownRelease> const known = releases_.Find(key);
  if (!known) return absl::UnavailableError(absl::StrCat("release ", Describe(key), " has gone"));
  bool const expected = known->arrived.contains(name) || known->broken.contains(name) ||
                        releases_.MayBeBehind(known->listed_at, known->first_read_at);
  if (!expected) return NotThere(key, name);
  absl::Time const now = clock_.Now();
  if (now - known->checked_at < options_.look_interval)
    return absl::UnavailableError(absl::StrCat("release ", Describe(key),
                                               " was looked at a moment ago, ", name,
                                               " is looked for again soon"));
  releases_.Change(key, [now](KnownRelease& changed) { changed.checked_at = now; });
  ASSIGN_OR_RETURN(std::optional<GitHubAsset> const found, Look(key, *known, name));
  if (found) return WithDigest(key, *found);
  return NotThere(key, name);
}

void AssetSearch::DropGrant(ReleaseKey const& key, std::string const& name) {
  std::optional<PlaceId> place;
  releases_.Change(key, [&](KnownRelease& known) {
    auto const grant = known.granted.find(name);
    if (grant == known.granted.end()) return;
    place = grant->second.place;
    known.granted.erase(grant);
  });
  if (place) gate_.Abandon(*place);
}

// The upload may go on: its place is held until its deadline.
void AssetSearch::EndGrant(ReleaseKey const& key, std::string const& name) {
  absl::Time const now = clock_.Now();
  releases_.Change(key, [&](KnownRelease& known) {
    if (known.granted.erase(name) == 0) return;
    known.arrived.try_emplace(name, Arrival{.at = now});
    known.checked_at = absl::InfinitePast();
  });
}

absl::StatusOr<std::optional<GitHubAsset>> AssetSearch::Look(ReleaseKey const& key,
                                                             KnownRelease const& known,
                                                             std::string const& name) {
  ASSIGN_OR_RETURN(std::optional<GitHubAsset> by_id, LookById(key, known, name));
  if (by_id) return by_id;
  RETURN_IF_ERROR(releases_.ReadUntilSeen(key, known, name));
  std::optional<KnownRelease> const fresh = releases_.Find(key);
  std::optional<GitHubAsset> found = fresh ? AssetIn(*fresh, name) : std::nullopt;
  return found && found->uploaded() ? std::move(found) : std::nullopt;
}

absl::StatusOr<std::optional<GitHubAsset>> AssetSearch::LookById(ReleaseKey const& key,
                                                                 KnownRelease const& known,
                                                                 std::string const& name) {
  auto const arrival = known.arrived.find(name);
  if (known.arrived.size() != 1 || arrival == known.arrived.end() || arrival->second.asset_id == 0)
    return std::nullopt;
  absl::StatusOr<GitHubAsset> asset = api_.GetAsset(key.repository, arrival->second.asset_id);
  if (absl::IsNotFound(asset.status())) return std::nullopt;
  RETURN_IF_ERROR(asset.status());
  // The id is a worker's word: it may be another asset's.
  if (asset->name != name || !asset->uploaded()) return std::nullopt;
  releases_.Change(key, [&](KnownRelease& changed) { PutAsset(changed, *asset); });
  return *std::move(asset);
}

absl::Status AssetSearch::NotThere(ReleaseKey const& key, std::string const& name) {
  absl::Time const now = clock_.Now();
  std::optional<KnownRelease> const known = releases_.Find(key);
  bool const arrived = known && known->arrived.contains(name);
  if ((known && releases_.MayBeBehind(now, known->first_read_at)) ||
      (arrived && now - known->arrived.at(name).at < options_.list_lag))
    return absl::UnavailableError(absl::StrCat(name, " is not in the list of release ",
                                               Describe(key), " yet; lists are behind by seconds"));
  // Whatever half of it is there is nobody's.
  releases_.Change(key, [&](KnownRelease& changed) {
    if (changed.arrived.erase(name) > 0) changed.broken[name] = now;
  });
  return absl::NotFoundError(absl::StrCat("no asset ", name, " in release ", Describe(key)));
}

absl::StatusOr<HostedAsset> AssetSearch::WithDigest(ReleaseKey const& key, GitHubAsset asset) {
  ASSIGN_OR_RETURN(asset.sha256, DigestOf(releases_, patient_, key, asset));
  return Hosted(key, asset);
}

}  // namespace probefarm
