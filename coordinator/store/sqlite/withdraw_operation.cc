#include "coordinator/store/sqlite/withdraw_operation.h"

#include <optional>
#include <string>
#include <utility>

#include "coordinator/store/sqlite/catalog_rows.h"
#include "coordinator/store/sqlite/job_rows.h"
#include "coordinator/store/sqlite/order_rows.h"
#include "coordinator/store/sqlite/withdrawal_rows.h"
#include "coordinator/store/withdrawal_rules.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::StatusOr<int64_t> RevisionOf(Database& db, ReleaseKey const& release) {
  Statement query = db.Query("SELECT revision FROM releases WHERE repository = ? AND tag = ?",
                             release.repository, release.tag);
  int64_t const revision = query.Step() ? query.Int(0) : 0;
  RETURN_IF_ERROR(query.status());
  return revision;
}

// The job that published it says more than whoever orders.
absl::StatusOr<std::string> FingerprintOf(Database& db, PublishedAsset const& asset,
                                          WithdrawalOrder const& order) {
  if (asset.adopted()) return order.fingerprint;
  ASSIGN_OR_RETURN(Job job, FindJob(db, asset.job));
  return std::move(job.fingerprint);
}

absl::Status EndJob(WriteContext& context, Withdrawal const& withdrawal) {
  ASSIGN_OR_RETURN(std::optional<JobId> const unfinished,
                   FindUnfinished(context.db, withdrawal.asset.probe));
  if (!unfinished) return absl::OkStatus();
  ASSIGN_OR_RETURN(Job const job, FindJob(context.db, *unfinished));
  if (!EndsWith(withdrawal, job)) return absl::OkStatus();
  return MoveJob(context, job, job_event::Skip{ReasonOf(BuildOf(withdrawal))}).status();
}

}  // namespace

absl::StatusOr<WithdrawalOutcome> Withdraw(WriteContext& context, WithdrawalOrder const& order) {
  ASSIGN_OR_RETURN(std::optional<Withdrawal> before,
                   FindWithdrawal(context.db, order.tag, order.asset_name, order.sha256));
  if (before) return WithdrawalOutcome{*std::move(before), true};
  ASSIGN_OR_RETURN(std::optional<PublishedAsset> asset,
                   FindAssetNamed(context.db, order.tag, order.asset_name));
  if (!asset || asset->sha256 != order.sha256) return NothingToWithdraw(order);
  ASSIGN_OR_RETURN(std::string fingerprint, FingerprintOf(context.db, *asset, order));
  Withdrawal withdrawal =
      MakeWithdrawal(*std::move(asset), order, std::move(fingerprint), context.now);
  ReleaseKey const release = KeyOf(withdrawal.asset);
  RETURN_IF_ERROR(GrowRevision(context.db, release));
  ASSIGN_OR_RETURN(int64_t const revision, RevisionOf(context.db, release));
  RETURN_IF_ERROR(InsertWithdrawal(context.db, withdrawal, revision));
  RETURN_IF_ERROR(ForgetAsset(context.db, withdrawal.asset));
  RETURN_IF_ERROR(EndJob(context, withdrawal));
  return WithdrawalOutcome{std::move(withdrawal), false};
}

absl::StatusOr<bool> RecallWithdrawal(WriteContext& context, Withdrawal const& withdrawal) {
  PublishedAsset const& asset = withdrawal.asset;
  ASSIGN_OR_RETURN(std::optional<Withdrawal> const before,
                   FindWithdrawal(context.db, asset.tag, asset.asset_name, asset.sha256));
  if (before) return false;
  ASSIGN_OR_RETURN(std::optional<PublishedAsset> const live,
                   FindAssetNamed(context.db, asset.tag, asset.asset_name));
  if (live && live->sha256 == asset.sha256) {
    RETURN_IF_ERROR(ForgetAsset(context.db, *live));
    RETURN_IF_ERROR(GrowRevision(context.db, KeyOf(*live)));
  }
  // The side files that it was read from say so already.
  RETURN_IF_ERROR(InsertWithdrawal(context.db, withdrawal, 0));
  RETURN_IF_ERROR(GrowRevision(context.db, KeyOf(asset)));
  RETURN_IF_ERROR(EndJob(context, withdrawal));
  return true;
}

}  // namespace probefarm
