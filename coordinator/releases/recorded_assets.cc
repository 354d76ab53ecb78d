#include "coordinator/releases/recorded_assets.h"

#include <iterator>
#include <utility>

#include "coordinator/store/await.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
absl::StatusOr<std::vector<PublishedAsset>> RecordedAssets(Store& store, AssetFilter const& filter,
                                                           int page_size) {
  std::vector<PublishedAsset> assets;
  PageRequest request{.limit = page_size, .cursor = ""};
  do {
    ASSIGN_OR_RETURN(AssetPage page, Await<AssetPage>([&](auto done) {
                       store.ListAssets(filter, request, std::move(done));
                     }));
    std::move(page.assets.begin(), page.assets.end(), std::back_inserter(assets));
    request.cursor = std::move(page.next_cursor);
  } while (!request.cursor.empty());
  return assets;
}

absl::StatusOr<std::vector<Withdrawal>> RecordedWithdrawals(Store& store,
                                                            WithdrawalFilter const& filter,
                                                            int page_size) {
  std::vector<Withdrawal> withdrawals;
  std::string cursor;
  do {
    ASSIGN_OR_RETURN(WithdrawalPage page, Await<WithdrawalPage>([&](auto done) {
                       store.ListWithdrawals(filter, {page_size, cursor}, std::move(done));
                     }));
    std::move(page.withdrawals.begin(), page.withdrawals.end(), std::back_inserter(withdrawals));
    cursor = std::move(page.next_cursor);
  } while (!cursor.empty());
  return withdrawals;
}

}  // namespace probefarm
