#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/store/store.h"

namespace probefarm {

// Every asset of the catalog that the filter lets through, asked for in pages. Blocks: never call
// it on a reactor or on the store's own thread. All are held in memory. Errors are
// Store::ListAssets()'s; a `page_size` below 1 is INVALID_ARGUMENT.
absl::StatusOr<std::vector<PublishedAsset>> RecordedAssets(Store& store, AssetFilter const& filter,
                                                           int page_size = 1000);

// The same of withdrawals.
absl::StatusOr<std::vector<Withdrawal>> RecordedWithdrawals(Store& store,
                                                            WithdrawalFilter const& filter,
                                                            int page_size = 1000);

}  // namespace probefarm
