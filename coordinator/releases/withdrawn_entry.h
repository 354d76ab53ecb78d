#pragma once

#include "coordinator/store/records.h"
#include "lib/index/tombstone.h"

namespace probefarm {

// Between what the store keeps of a withdrawal and what a release's index tells of it. Pure, both.
Tombstone TombstoneOf(Withdrawal const& withdrawal);
// As it was read in the index of `release`; its job, worker and URL are not told. Counts as
// removed: who finds it at the host says otherwise (Store::MarkWithdrawal()).
Withdrawal WithdrawalOf(ReleaseKey const& release, Tombstone const& tombstone);

}  // namespace probefarm
