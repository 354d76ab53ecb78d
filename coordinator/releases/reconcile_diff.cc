#include "coordinator/releases/reconcile_diff.h"

#include <map>
#include <string_view>
#include <tuple>
#include <utility>

namespace probefarm {
namespace {

// Repository, tag, name.
using AssetKey = std::tuple<std::string_view, std::string_view, std::string_view>;
using HeldByKey = std::map<AssetKey, HostedAsset const*>;

HeldByKey Index(std::vector<HostedAsset> const& held) {
  HeldByKey by_key;
  for (HostedAsset const& asset : held)
    by_key[{asset.repository, asset.tag, asset.asset_name}] = &asset;
  return by_key;
}

bool IsAsRecorded(PublishedAsset const& recorded, HostedAsset const& held) {
  return held.size == recorded.size && (held.sha256.empty() || held.sha256 == recorded.sha256);
}

void Compare(PublishedAsset const& recorded, HostedAsset const* held, ReconcileDiff& diff) {
  bool const present = recorded.presence == AssetPresence::kPresent;
  if (held == nullptr) {
    if (present) diff.lost.push_back(recorded);
  } else if (!IsAsRecorded(recorded, *held)) {
    diff.tampered.push_back({recorded, *held});
  } else if (!present) {
    diff.found_again.push_back(recorded);
  }
}

}  // namespace

ReconcileDiff DiffAssets(std::vector<PublishedAsset> const& recorded,
                         std::vector<HostedAsset> const& held) {
  HeldByKey unaccounted = Index(held);
  ReconcileDiff diff;
  for (PublishedAsset const& asset : recorded) {
    auto const found = unaccounted.extract(AssetKey(asset.repository, asset.tag, asset.asset_name));
    Compare(asset, found.empty() ? nullptr : found.mapped(), diff);
  }
  for (auto const& [key, asset] : unaccounted) diff.unrecorded.push_back(*asset);
  return diff;
}

}  // namespace probefarm
