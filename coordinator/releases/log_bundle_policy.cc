#include "coordinator/releases/log_bundle_policy.h"

#include <algorithm>
#include <tuple>

#include "coordinator/store/log_bundle_rules.h"

namespace probefarm {

bool BundleIsDue(WaitingLogs const& waiting, int bundles, LogBundleTerms const& terms,
                 absl::Time now) {
  if (waiting.logs == 0 || bundles >= terms.most_bundles) return false;
  if (waiting.logs >= terms.logs) return true;
  return now - waiting.oldest >= terms.age && bundles < terms.most_bundles / 2;
}

std::vector<PublishedAsset> NextBundleOf(std::vector<PublishedAsset> assets,
                                         LogBundleTerms const& terms) {
  std::erase_if(assets, [](PublishedAsset const& asset) { return !LogWaits(asset); });
  std::sort(assets.begin(), assets.end(), [](PublishedAsset const& a, PublishedAsset const& b) {
    return std::tie(a.published_at, a.asset_name) < std::tie(b.published_at, b.asset_name);
  });
  if (assets.size() > static_cast<size_t>(terms.logs))
    assets.erase(assets.begin() + terms.logs, assets.end());
  return assets;
}

}  // namespace probefarm
