#include "coordinator/store/withdrawal_rules.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/index/tombstone.h"

namespace probefarm {
namespace {

bool SameInputs(WithdrawnBuild const& withdrawn, std::string const& fingerprint) {
  return !withdrawn.fingerprint.empty() && withdrawn.fingerprint == fingerprint;
}

}  // namespace

WithdrawnBuild BuildOf(Withdrawal const& withdrawal) {
  return {withdrawal.fingerprint, withdrawal.asset.sha256, withdrawal.reason,
          withdrawal.withdrawn_at, withdrawal.removed};
}

Reason ReasonOf(WithdrawnBuild const& withdrawn) {
  return {"withdrawn", WithdrawnText(withdrawn.withdrawn_at, withdrawn.reason)};
}

absl::Status CheckInputsNotWithdrawn(std::vector<WithdrawnBuild> const& withdrawn,
                                     std::string const& fingerprint) {
  for (WithdrawnBuild const& build : withdrawn) {
    if (SameInputs(build, fingerprint))
      return absl::FailedPreconditionError(
          absl::StrCat("what these inputs made was ", ReasonOf(build).text));
  }
  return absl::OkStatus();
}

absl::Status CheckPublishAfterWithdrawal(Job const& job, PublishedAsset const& asset,
                                         std::vector<WithdrawnBuild> const& withdrawn) {
  for (WithdrawnBuild const& build : withdrawn) {
    if (build.sha256 == asset.sha256 || SameInputs(build, job.fingerprint))
      return absl::AlreadyExistsError(absl::StrCat("publish job ", job.id, ": ", asset.file_name,
                                                   " with sha256 ", build.sha256, " was ",
                                                   ReasonOf(build).text));
  }
  return absl::OkStatus();
}

absl::Status CheckAdoptAfterWithdrawal(PublishedAsset const& asset,
                                       std::vector<WithdrawnBuild> const& withdrawn) {
  for (WithdrawnBuild const& build : withdrawn) {
    if (build.sha256 == asset.sha256)
      return absl::AlreadyExistsError(
          absl::StrCat("adopt ", asset.asset_name, ": ", ReasonOf(build).text));
  }
  if (withdrawn.empty() || !asset.index_entry.empty()) return absl::OkStatus();
  return absl::AlreadyExistsError(absl::StrCat(
      "adopt ", asset.asset_name, ": what had this name was ", ReasonOf(withdrawn.back()).text,
      "; these are other bytes, and no index tells "
      "who made them"));
}

bool EndsWith(Withdrawal const& withdrawal, Job const& job) {
  return job.probe == withdrawal.asset.probe && SameInputs(BuildOf(withdrawal), job.fingerprint) &&
         !IsFinal(job.state) && job.state != JobState::kUploading;
}

Withdrawal MakeWithdrawal(PublishedAsset asset, WithdrawalOrder const& order,
                          std::string fingerprint, absl::Time now) {
  Withdrawal withdrawal;
  withdrawal.asset = std::move(asset);
  withdrawal.fingerprint = std::move(fingerprint);
  withdrawal.reason = order.reason;
  withdrawal.withdrawn_at = absl::FromUnixSeconds(absl::ToUnixSeconds(now));
  return withdrawal;
}

absl::Status NothingToWithdraw(WithdrawalOrder const& order) {
  return absl::NotFoundError(absl::StrCat("the catalog has no ", order.tag, "/", order.asset_name,
                                          " with sha256 ", order.sha256));
}

absl::Status NoSuchWithdrawal(std::string const& tag, std::string const& asset_name,
                              std::string const& sha256) {
  return absl::NotFoundError(
      absl::StrCat(tag, "/", asset_name, " with sha256 ", sha256, " was not withdrawn"));
}

}  // namespace probefarm
