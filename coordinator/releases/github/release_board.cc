#include "coordinator/releases/github/release_board.h"

#include <algorithm>
#include <utility>

#include "absl/strings/strip.h"
#include "lib/index/side_file_names.h"

namespace probefarm {
namespace {

// In the order in which GitHub lists them.
std::vector<int64_t> IdsOf(KnownRelease const& known) {
  std::vector<int64_t> ids;
  ids.reserve(known.assets.size());
  for (auto const& [name, asset] : known.assets) ids.push_back(asset.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

bool IsLive(NameGrant const& grant, absl::Time now) { return now < grant.deadline; }

}  // namespace

int RoomIn(KnownRelease const& known) {
  if (known.full || known.release.immutable) return 0;
  auto const taken = known.assets.size() + known.granted.size() + known.arrived.size();
  auto const ours = std::count_if(known.assets.begin(), known.assets.end(),
                                  [](auto const& entry) { return IsSideFileName(entry.first); });
  // Those that are there have had their places.
  int const kept = std::max(0, kKeptForSideFiles - static_cast<int>(ours));
  return std::max(0, kAssetsOfARelease - kept - static_cast<int>(taken));
}

NameState StateOf(KnownRelease const& known, std::string const& name, int64_t job, int64_t epoch,
                  absl::Time now) {
  auto const asset = known.assets.find(name);
  if (asset != known.assets.end() && !asset->second.starter()) return NameState::kPresent;
  if (known.arrived.contains(name)) return NameState::kPresent;
  auto const grant = known.granted.find(name);
  bool const own =
      grant != known.granted.end() && grant->second.job == job && grant->second.epoch <= epoch;
  if (grant != known.granted.end() && !own && IsLive(grant->second, now))
    return NameState::kGranted;
  return asset != known.assets.end() ? NameState::kStarter : NameState::kFree;
}

bool IsLeftover(KnownRelease const& known, GitHubAsset const& asset, absl::Duration grace,
                absl::Time now) {
  if (!asset.starter()) return false;
  auto const grant = known.granted.find(asset.name);
  if (grant != known.granted.end() && IsLive(grant->second, now)) return false;
  return known.broken.contains(asset.name) || now - asset.created_at >= grace;
}

bool IsSupersededNext(KnownRelease const& known, GitHubAsset const& asset, absl::Duration grace,
                      absl::Time now) {
  absl::string_view current = asset.name;
  if (!IsSideFileName(current) || !absl::ConsumeSuffix(&current, kNextSuffix)) return false;
  auto const found = known.assets.find(std::string(current));
  return found != known.assets.end() && found->second.uploaded() && now - asset.created_at >= grace;
}

void PutAsset(KnownRelease& known, GitHubAsset asset) {
  if (asset.uploaded()) known.arrived.erase(asset.name);
  known.clashes.erase(asset.name);
  if (asset.sha256.empty()) {
    auto const digest = known.digests.find(asset.id);
    if (digest != known.digests.end()) asset.sha256 = digest->second;
  }
  known.assets[asset.name] = std::move(asset);
}

void ForgetRemoved(KnownRelease& known, GitHubAsset const& asset) {
  known.removed.insert(asset.id);
  ForgetAsset(known, asset);
}

void TakeListing(KnownRelease& known, std::vector<GitHubAsset> assets, size_t first,
                 absl::Time now) {
  std::vector<int64_t> const ids = IdsOf(known);
  if (first < ids.size()) {
    std::erase_if(known.assets, [&](auto const& entry) { return entry.second.id >= ids[first]; });
  }
  for (GitHubAsset& asset : assets) {
    if (!known.removed.contains(asset.id)) PutAsset(known, std::move(asset));
  }
  known.listed_at = now;
}

int FirstNewPage(KnownRelease const& known) {
  return static_cast<int>(known.assets.size() / kAssetsPerPage) + 1;
}

std::optional<GitHubAsset> AssetIn(KnownRelease const& known, std::string const& name) {
  auto const found = known.assets.find(name);
  if (found == known.assets.end()) return std::nullopt;
  return found->second;
}

void ForgetAsset(KnownRelease& known, GitHubAsset const& asset) {
  auto const found = known.assets.find(asset.name);
  if (found != known.assets.end() && found->second.id == asset.id) known.assets.erase(found);
}

HostedAsset Hosted(ReleaseKey const& key, GitHubAsset const& asset) {
  return {key.repository, key.tag, asset.name, asset.url, asset.sha256, asset.size};
}

}  // namespace probefarm
