#include "coordinator/api/withdraw_call.h"

#include "coordinator/api/wire.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::StatusOr<WithdrawalWish> WishOf(v1::WithdrawProbeRequest const& request) {
  WithdrawalWish wish;
  wish.name = request.name();
  wish.driver_version = request.driver_version();
  wish.tag = request.tag();
  wish.sha256 = request.sha256();
  wish.reason = request.reason();
  v1::ProbeFilter of_arch;
  of_arch.set_arch(request.arch());
  ASSIGN_OR_RETURN(AssetFilter const filter, ToAssetFilter(of_arch));
  wish.arch = filter.arch;
  return wish;
}

}  // namespace

absl::Status WithdrawProbe(Withdrawer& withdrawer, v1::WithdrawProbeRequest const& request,
                           v1::WithdrawProbeResponse& response) {
  ASSIGN_OR_RETURN(WithdrawalWish const wish, WishOf(request));
  ASSIGN_OR_RETURN(WithdrawalOutcome const outcome, withdrawer.Withdraw(wish));
  *response.mutable_withdrawn() = ToWire(outcome.withdrawal);
  response.set_already(outcome.already);
  return absl::OkStatus();
}

}  // namespace probefarm
