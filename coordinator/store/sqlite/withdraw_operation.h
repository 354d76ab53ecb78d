#pragma once

#include "absl/status/statusor.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/write_context.h"

namespace probefarm {

// Store::Withdraw and Store::RecallWithdrawal, each inside one transaction: the tombstone, the end
// of the catalog's row, the stale release and the end of an unfinished job, or none of it.
absl::StatusOr<WithdrawalOutcome> Withdraw(WriteContext& context, WithdrawalOrder const& order);
absl::StatusOr<bool> RecallWithdrawal(WriteContext& context, Withdrawal const& withdrawal);

}  // namespace probefarm
