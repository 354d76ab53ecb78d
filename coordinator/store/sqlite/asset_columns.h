#pragma once

#include "absl/status/statusor.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/statement.h"

namespace probefarm {

// A PublishedAsset in the columns of assets and withdrawals: kProbeColumns, then always these, in
// this order.
inline constexpr char kAssetColumns[] =
    ", file_name, repository, tag, asset_name, url, sha256, size, job, epoch, worker, built_at, "
    "published_at, present, index_entry";
// How many both are together.
inline constexpr int kAssetColumnCount = 20;

// Binds kAssetColumnCount parameters.
void BindAsset(Statement& statement, PublishedAsset const& asset);

// Reads as many columns from `first` on. DATA_LOSS when they hold no probe.
absl::StatusOr<PublishedAsset> ReadAsset(Statement const& row, int first);

}  // namespace probefarm
