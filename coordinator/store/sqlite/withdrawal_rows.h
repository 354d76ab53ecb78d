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

// Rows of `withdrawals`. Used inside a transaction. DATA_LOSS for a row that holds no probe.

// Nothing when there is none.
absl::StatusOr<std::optional<Withdrawal>> FindWithdrawal(Database& db, std::string const& tag,
                                                         std::string const& asset_name,
                                                         std::string const& sha256);
// Of the probe, and of whatever had the name; in the order in which they came.
absl::StatusOr<std::vector<WithdrawnBuild>> FindWithdrawn(Database& db, ProbeId const& probe);
absl::StatusOr<std::vector<WithdrawnBuild>> FindWithdrawn(Database& db,
                                                          PublishedAsset const& asset);
// `revision`: see the schema.
absl::Status InsertWithdrawal(Database& db, Withdrawal const& withdrawal, int64_t revision);
// See Store::ListWithdrawals() and Store::MarkWithdrawal().
absl::StatusOr<WithdrawalPage> ListWithdrawals(Database& db, WithdrawalFilter const& filter,
                                               PageRequest const& page);
absl::StatusOr<bool> MarkWithdrawal(Database& db, std::string const& tag,
                                    std::string const& asset_name, std::string const& sha256,
                                    bool removed);

}  // namespace probefarm
