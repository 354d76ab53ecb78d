#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/store/memory/memory_tables.h"
#include "coordinator/store/page_cursor.h"
#include "coordinator/store/withdrawal_rules.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

std::vector<WithdrawnBuild> MemoryTables::Withdrawn(ProbeId const& probe) const {
  std::vector<WithdrawnBuild> builds;
  for (WithdrawalEntry const& entry : withdrawals_) {
    if (entry.withdrawal.asset.probe == probe) builds.push_back(BuildOf(entry.withdrawal));
  }
  return builds;
}

std::vector<WithdrawnBuild> MemoryTables::Withdrawn(PublishedAsset const& asset) const {
  std::vector<WithdrawnBuild> builds;
  for (WithdrawalEntry const& entry : withdrawals_) {
    PublishedAsset const& other = entry.withdrawal.asset;
    if (other.probe == asset.probe ||
        (other.tag == asset.tag && other.asset_name == asset.asset_name))
      builds.push_back(BuildOf(entry.withdrawal));
  }
  return builds;
}

MemoryTables::WithdrawalEntry* MemoryTables::WithdrawalOf(std::string const& tag,
                                                          std::string const& name,
                                                          std::string const& sha256) {
  for (WithdrawalEntry& entry : withdrawals_) {
    PublishedAsset const& asset = entry.withdrawal.asset;
    if (asset.tag == tag && asset.asset_name == name && asset.sha256 == sha256) return &entry;
  }
  return nullptr;
}

void MemoryTables::ForgetAsset(std::string const& tag, std::string const& name) {
  std::erase_if(assets_, [&](auto const& entry) {
    return entry.second.tag == tag && entry.second.asset_name == name;
  });
}

absl::Status MemoryTables::EndJob(Withdrawal const& withdrawal, absl::Time now) {
  JobEntry const* const unfinished = Unfinished(withdrawal.asset.probe);
  if (unfinished == nullptr || !EndsWith(withdrawal, unfinished->job)) return absl::OkStatus();
  return Move(jobs_.at(unfinished->job.id), job_event::Skip{ReasonOf(BuildOf(withdrawal))}, now)
      .status();
}

absl::StatusOr<WithdrawalOutcome> MemoryTables::Withdraw(WithdrawalOrder const& order,
                                                         absl::Time now) {
  if (auto const* before = WithdrawalOf(order.tag, order.asset_name, order.sha256))
    return WithdrawalOutcome{before->withdrawal, true};
  PublishedAsset const* const found = AssetNamed(order.tag, order.asset_name);
  if (found == nullptr || found->sha256 != order.sha256) return NothingToWithdraw(order);
  PublishedAsset const asset = *found;
  std::string fingerprint = order.fingerprint;
  if (!asset.adopted()) {
    ASSIGN_OR_RETURN(Job const job, GetJob(asset.job));
    fingerprint = job.fingerprint;
  }
  Withdrawal withdrawal = MakeWithdrawal(asset, order, std::move(fingerprint), now);
  int64_t const revision = ++releases_[KeyOf(asset)].current;
  withdrawals_.push_back({withdrawal, revision});
  ForgetAsset(asset.tag, asset.asset_name);
  RETURN_IF_ERROR(EndJob(withdrawal, now));
  return WithdrawalOutcome{std::move(withdrawal), false};
}

absl::StatusOr<bool> MemoryTables::RecallWithdrawal(Withdrawal const& withdrawal, absl::Time now) {
  PublishedAsset const& asset = withdrawal.asset;
  if (WithdrawalOf(asset.tag, asset.asset_name, asset.sha256) != nullptr) return false;
  PublishedAsset const* const live = AssetNamed(asset.tag, asset.asset_name);
  if (live != nullptr && live->sha256 == asset.sha256) {
    ++releases_[KeyOf(*live)].current;
    ForgetAsset(asset.tag, asset.asset_name);
  }
  withdrawals_.push_back({withdrawal, 0});
  ++releases_[KeyOf(asset)].current;
  RETURN_IF_ERROR(EndJob(withdrawal, now));
  return true;
}

bool MemoryTables::IsRemovable(WithdrawalEntry const& entry) const {
  auto const release = releases_.find(KeyOf(entry.withdrawal.asset));
  return !entry.withdrawal.removed && release != releases_.end() &&
         release->second.written >= entry.revision;
}

absl::StatusOr<WithdrawalPage> MemoryTables::ListWithdrawals(WithdrawalFilter const& filter,
                                                             PageRequest const& page) const {
  ASSIGN_OR_RETURN(std::optional<int64_t> const after, ParsePage(page));
  AssetFilter of_asset = filter.asset;
  of_asset.presence.reset();
  RE2 const kernel(of_asset.kernel_regex, RE2::Quiet);
  if (!kernel.ok())
    return absl::InvalidArgumentError(absl::StrCat("kernel_regex: ", kernel.error()));
  WithdrawalPage result;
  int64_t last = 0;
  for (size_t i = static_cast<size_t>(after.value_or(0)); i < withdrawals_.size(); ++i) {
    WithdrawalEntry const& entry = withdrawals_[i];
    if (!Matches(of_asset, kernel, entry.withdrawal.asset)) continue;
    if (filter.removable && !IsRemovable(entry)) continue;
    if (static_cast<int64_t>(result.withdrawals.size()) == page.limit) {
      result.next_cursor = CursorAfter(last);
      break;
    }
    last = static_cast<int64_t>(i) + 1;
    result.withdrawals.push_back(entry.withdrawal);
  }
  return result;
}

absl::StatusOr<bool> MemoryTables::MarkWithdrawal(std::string const& tag, std::string const& name,
                                                  std::string const& sha256, bool removed) {
  WithdrawalEntry* const entry = WithdrawalOf(tag, name, sha256);
  if (entry == nullptr) return NoSuchWithdrawal(tag, name, sha256);
  return std::exchange(entry->withdrawal.removed, removed) != removed;
}

}  // namespace probefarm
