#include "coordinator/releases/withdrawal_removal.h"

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/releases/recorded_assets.h"
#include "coordinator/store/await.h"
#include "lib/runtime/failpoint.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

void WithdrawalRemoval::RunOnce() {
  if (absl::Status const removed = RemoveAll(); !removed.ok())
    Log(LogLevel::kWarning, "withdrawn assets were not looked for",
        {{"error", removed.ToString()}});
}

absl::Status WithdrawalRemoval::RemoveAll() {
  ASSIGN_OR_RETURN(std::vector<Withdrawal> const held,
                   RecordedWithdrawals(*store_, {.removable = true}));
  int64_t failures = 0;
  for (Withdrawal const& withdrawal : held) {
    absl::Status const removed = Remove(withdrawal);
    if (removed.ok()) continue;
    ++failures;
    Log(LogLevel::kWarning, "a withdrawn asset was not removed, and is tried again",
        {{"release", Describe(KeyOf(withdrawal.asset))},
         {"asset", withdrawal.asset.asset_name},
         {"error", removed.ToString()}});
  }
  metrics_->Set("probefarm_withdrawn_assets_held",
                "Withdrawn assets that the release host could not be made to give up", {},
                static_cast<double>(failures));
  return absl::OkStatus();
}

absl::Status WithdrawalRemoval::Remove(Withdrawal const& withdrawal) {
  PublishedAsset const& asset = withdrawal.asset;
  absl::Status const removed = host_->RemoveAsset(KeyOf(asset), asset.asset_name, asset.sha256);
  Failpoint("withdraw.removed");
  bool const others = absl::IsFailedPrecondition(removed);
  if (!removed.ok() && !others) return removed;
  RETURN_IF_ERROR(Await<bool>([&](auto done) {
                    store_->MarkWithdrawal(asset.tag, asset.asset_name, asset.sha256, true,
                                           std::move(done));
                  }).status());
  Failpoint("withdraw.recorded");
  Log(others ? LogLevel::kError : LogLevel::kInfo,
      others ? "a withdrawn asset is gone, and other bytes have its name: they stay"
             : "a withdrawn asset is off the release host",
      {{"release", Describe(KeyOf(asset))},
       {"asset", asset.asset_name},
       {"sha256", asset.sha256},
       {"why", std::string(removed.message())}});
  return absl::OkStatus();
}

}  // namespace probefarm
