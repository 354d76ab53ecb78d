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

// Nothing when there is none, here and below; DATA_LOSS for a row that holds no probe.
absl::StatusOr<std::optional<PublishedAsset>> FindAssetOfProbe(Database& db, ProbeId const& probe);
absl::StatusOr<std::optional<PublishedAsset>> FindAssetNamed(Database& db, std::string const& tag,
                                                             std::string const& asset_name);
absl::StatusOr<int64_t> CountAssets(Database& db, AssetFilter const& filter);
// By the row's id, which a probe keeps when it is published again. INVALID_ARGUMENT for a page or
// an expression that cannot be.
absl::StatusOr<AssetPage> ListAssets(Database& db, AssetFilter const& filter,
                                     PageRequest const& page);
// Replaces the probe's row when there is one. The release's revision grows. The caller has made
// sure, by CheckPublish(), that the digest stays: a row with another one is left as it is (I10).
absl::Status PutAsset(Database& db, PublishedAsset const& asset);
// The release's part of the catalog has changed: its side files are stale.
absl::Status GrowRevision(Database& db, ReleaseKey const& release);
// Answers whether that changed anything; NOT_FOUND when there is no such asset. If it did, the
// release's revision grows.
absl::StatusOr<bool> MarkAsset(Database& db, std::string const& tag, std::string const& asset_name,
                               AssetPresence presence);

// The release's revision is the caller's to grow.
absl::Status ForgetAsset(Database& db, PublishedAsset const& asset);

// The release's side files are stale from now on; makes its row when there is none.
absl::Status GrowRevision(Database& db, ReleaseKey const& release);

// By tag.
absl::StatusOr<std::vector<StaleRelease>> StaleReleases(Database& db);
// See Store::SideFilesWritten().
absl::StatusOr<bool> SideFilesWritten(Database& db, ReleaseKey const& release, int64_t revision);

// See Store::SideFilesSignedBy().
absl::StatusOr<bool> SideFilesSignedBy(Database& db, std::string const& key_id, absl::Time now);

// See Store::SetMark() and Store::GetMark().
absl::StatusOr<bool> SetMark(Database& db, std::string const& key, std::string const& value);
absl::StatusOr<std::string> GetMark(Database& db, std::string const& key);

// See Store::Pin().
absl::StatusOr<std::string> Pin(Database& db, std::string const& key, std::string const& digest,
                                absl::Time now);

}  // namespace probefarm
