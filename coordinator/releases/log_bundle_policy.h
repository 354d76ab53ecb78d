#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "coordinator/store/records.h"

namespace probefarm {

// When build logs that wait are put into a bundle, and which.
struct LogBundleTerms {
  // So many make a bundle; 1 or more.
  int logs = 100;
  // With fewer, the oldest of them waits no longer than this …
  absl::Duration age = absl::Hours(24);
  // … while the release has less than half of the bundles that it has places for: there must be
  // room for bundles that are full.
  int most_bundles = 30;
};

// Whether a release with so many bundles gets another one now. Pure, like all below.
bool BundleIsDue(WaitingLogs const& waiting, int bundles, LogBundleTerms const& terms,
                 absl::Time now);

// The logs of the next bundle: of the `assets` of a release those that have waited longest.
std::vector<PublishedAsset> NextBundleOf(std::vector<PublishedAsset> assets,
                                         LogBundleTerms const& terms);

}  // namespace probefarm
