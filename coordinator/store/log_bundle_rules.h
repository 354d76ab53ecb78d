#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "coordinator/store/records.h"

namespace probefarm {

// The rules of bundles of logs that every store keeps. Pure.

// Whether `bundle` may be planned beside `known`: FAILED_PRECONDITION when one that is held has its
// number or a later one, INVALID_ARGUMENT for a number or a size below 0, or a bundle without logs.
absl::Status CheckLogBundle(ReleaseKey const& release, LogBundle const& bundle,
                            std::vector<BundledLog> const& logs,
                            std::vector<LogBundle> const& known);

// Whether the asset's log waits for a bundle.
bool LogWaits(PublishedAsset const& asset);
// FAILED_PRECONDITION: it does not, or there is no such asset.
absl::Status NotWaiting(ReleaseKey const& release, std::string const& asset_name);

// The place of the log in the catalog's row, of which `after` is to become `before`.
LogPlace LogPlaceAfter(PublishedAsset const& before, PublishedAsset const& after);

// NOT_FOUND, for a log that stands in the bundle alone.
absl::Status LogIsInBundle(PublishedAsset const& asset);

}  // namespace probefarm
