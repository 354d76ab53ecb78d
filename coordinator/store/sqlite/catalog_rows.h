#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/database.h"

namespace probefarm {

// Rows of `assets`, `releases` and `pins`. Used inside a transaction.

absl::StatusOr<std::optional<PublishedAsset>> FindAssetOfProbe(Database& db, ProbeId const& probe);
absl::StatusOr<std::optional<PublishedAsset>> FindAssetNamed(Database& db, std::string const& tag,
                                                             std::string const& asset_name);
absl::StatusOr<int64_t> CountAssets(Database& db, AssetFilter const& filter);
absl::StatusOr<AssetPage> ListAssets(Database& db, AssetFilter const& filter,
                                     PageRequest const& page);
// Replaces the probe's row when there is one. The release's revision grows.
absl::Status PutAsset(Database& db, PublishedAsset const& asset);
// Answers whether that changed anything; NOT_FOUND when there is no such asset.
absl::StatusOr<bool> MarkAsset(Database& db, std::string const& tag, std::string const& asset_name,
                               AssetPresence presence);

absl::StatusOr<std::vector<StaleRelease>> StaleReleases(Database& db);
absl::StatusOr<bool> SideFilesWritten(Database& db, std::string const& tag, int64_t revision);

absl::StatusOr<std::string> Pin(Database& db, std::string const& key, std::string const& digest,
                                absl::Time now);

}  // namespace probefarm
