#include "coordinator/store/sqlite/withdrawal_rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/store/page_cursor.h"
#include "coordinator/store/sqlite/asset_columns.h"
#include "coordinator/store/sqlite/probe_columns.h"
#include "coordinator/store/sqlite/row_filter.h"
#include "coordinator/store/withdrawal_rules.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr char kMoreColumns[] = ", fingerprint, reason, withdrawn_at, removed";
constexpr char kIsRemovable[] =
    "removed = 0 AND EXISTS (SELECT 1 FROM releases WHERE releases.repository = "
    "withdrawals.repository AND releases.tag = withdrawals.tag AND releases.written_revision >= "
    "withdrawals.revision)";

std::string SelectWhere(absl::string_view condition) {
  return absl::StrCat("SELECT id, ", kProbeColumns, kAssetColumns, kMoreColumns,
                      " FROM withdrawals WHERE ", condition);
}

absl::StatusOr<Withdrawal> ReadWithdrawal(Statement const& row) {
  Withdrawal withdrawal;
  ASSIGN_OR_RETURN(withdrawal.asset, ReadAsset(row, 1));
  int column = 1 + kAssetColumnCount;
  withdrawal.fingerprint = row.Text(column++);
  withdrawal.reason = row.Text(column++);
  withdrawal.withdrawn_at = row.Time(column++);
  withdrawal.removed = row.Int(column++) != 0;
  return withdrawal;
}

absl::StatusOr<std::vector<WithdrawnBuild>> ReadBuilds(Statement query) {
  std::vector<WithdrawnBuild> builds;
  while (query.Step()) {
    ASSIGN_OR_RETURN(Withdrawal const withdrawal, ReadWithdrawal(query));
    builds.push_back(BuildOf(withdrawal));
  }
  RETURN_IF_ERROR(query.status());
  return builds;
}

}  // namespace

absl::StatusOr<std::optional<Withdrawal>> FindWithdrawal(Database& db, std::string const& tag,
                                                         std::string const& asset_name,
                                                         std::string const& sha256) {
  Statement query =
      db.Query(SelectWhere("tag = ? AND asset_name = ? AND sha256 = ?"), tag, asset_name, sha256);
  if (!query.Step()) {
    RETURN_IF_ERROR(query.status());
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(Withdrawal withdrawal, ReadWithdrawal(query));
  return withdrawal;
}

absl::StatusOr<std::vector<WithdrawnBuild>> FindWithdrawn(Database& db, ProbeId const& probe) {
  Statement query = db.Query(SelectWhere(absl::StrCat(kProbeIs, " ORDER BY id")));
  BindProbe(query, probe);
  return ReadBuilds(std::move(query));
}

absl::StatusOr<std::vector<WithdrawnBuild>> FindWithdrawn(Database& db,
                                                          PublishedAsset const& asset) {
  Statement query = db.Query(
      SelectWhere(absl::StrCat("(", kProbeIs, ") OR (tag = ? AND asset_name = ?) ORDER BY id")));
  BindProbe(query, asset.probe);
  query.Bind(asset.tag);
  query.Bind(asset.asset_name);
  return ReadBuilds(std::move(query));
}

absl::Status InsertWithdrawal(Database& db, Withdrawal const& withdrawal, int64_t revision) {
  Statement put =
      db.Query(absl::StrCat("INSERT INTO withdrawals(", kProbeColumns, kAssetColumns, kMoreColumns,
                            ", revision) VALUES (?,?,?,?,?,?, "
                            "?,?,?,?,?,?,?,?,?,?,?,?,?,?, ?,?,?,?, ?)"));
  BindAsset(put, withdrawal.asset);
  put.Bind(withdrawal.fingerprint);
  put.Bind(withdrawal.reason);
  put.Bind(withdrawal.withdrawn_at);
  put.Bind(withdrawal.removed);
  put.Bind(revision);
  return put.Run();
}

absl::StatusOr<WithdrawalPage> ListWithdrawals(Database& db, WithdrawalFilter const& filter,
                                               PageRequest const& page) {
  ASSIGN_OR_RETURN(std::optional<int64_t> const after, ParsePage(page));
  AssetFilter of_asset = filter.asset;
  of_asset.presence.reset();
  ASSIGN_OR_RETURN(RowFilter where, FilterOf(of_asset));
  if (filter.removable) where.And(kIsRemovable);
  if (after) where.And("id > ?", *after);
  Statement query = db.Query(SelectWhere(absl::StrCat(where.sql(), " ORDER BY id LIMIT ?")));
  where.BindTo(query);
  query.Bind(int64_t{page.limit} + 1);  // one more tells whether there is another page
  WithdrawalPage result;
  int64_t last = 0;
  while (query.Step()) {
    if (static_cast<int64_t>(result.withdrawals.size()) == page.limit) {
      result.next_cursor = CursorAfter(last);
      break;
    }
    last = query.Int(0);
    ASSIGN_OR_RETURN(Withdrawal withdrawal, ReadWithdrawal(query));
    result.withdrawals.push_back(std::move(withdrawal));
  }
  RETURN_IF_ERROR(query.status());
  return result;
}

absl::StatusOr<bool> MarkWithdrawal(Database& db, std::string const& tag,
                                    std::string const& asset_name, std::string const& sha256,
                                    bool removed) {
  ASSIGN_OR_RETURN(std::optional<Withdrawal> const found,
                   FindWithdrawal(db, tag, asset_name, sha256));
  if (!found) return NoSuchWithdrawal(tag, asset_name, sha256);
  if (found->removed == removed) return false;
  RETURN_IF_ERROR(
      db.Run("UPDATE withdrawals SET removed = ? WHERE tag = ? AND asset_name = ? AND sha256 = ?",
             removed, tag, asset_name, sha256));
  return true;
}

}  // namespace probefarm
