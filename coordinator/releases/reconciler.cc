#include "coordinator/releases/reconciler.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "coordinator/releases/recorded_assets.h"
#include "coordinator/store/await.h"
#include "lib/index/tombstone.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

void LogTampered(TamperedAsset const& asset) {
  Log(LogLevel::kError, "an asset is not what was published: restore the recorded bytes",
      {{"tag", asset.recorded.tag},
       {"asset", asset.recorded.asset_name},
       {"recorded_sha256", asset.recorded.sha256},
       {"held_sha256", asset.held.sha256},
       {"recorded_size", asset.recorded.size},
       {"held_size", asset.held.size}});
}

// One line a pass: a repository may hold thousands, and the client lists them.
void LogLeftAlone(char const* what, LogLevel level, LeftAloneList const& list) {
  if (list.total == 0) return;
  Log(level, what,
      {{"count", list.total},
       {"release", list.first.front().held.tag},
       {"asset", list.first.front().held.asset_name},
       {"why", list.first.front().why}});
}

void LogAdoption(AdoptionResult const& adoption) {
  if (adoption.adopted > 0)
    Log(LogLevel::kInfo, "probes were found and adopted", {{"count", adoption.adopted}});
  LogLeftAlone("assets cannot be adopted: `probefarm releases` lists them", LogLevel::kError,
               adoption.conflicts);
  LogLeftAlone("assets may be adopted later", LogLevel::kInfo, adoption.waiting);
}

// By repository, tag and name: in another repository it is one more asset that nobody recorded.
using WithdrawnNames =
    std::map<std::tuple<std::string, std::string, std::string>, std::vector<Withdrawal>>;

WithdrawnNames ByName(std::vector<Withdrawal> withdrawals) {
  WithdrawnNames names;
  for (Withdrawal& withdrawal : withdrawals) {
    PublishedAsset const& asset = withdrawal.asset;
    auto& of_name = names[{asset.repository, asset.tag, asset.asset_name}];
    of_name.push_back(std::move(withdrawal));
  }
  return names;
}

bool HasSizeOf(HostedAsset const& held, std::vector<Withdrawal> const& withdrawals) {
  return std::any_of(withdrawals.begin(), withdrawals.end(), [&](Withdrawal const& withdrawal) {
    return withdrawal.asset.size == held.size;
  });
}

}  // namespace

Reconciler::Reconciler(Store* store, ReleaseHost* host, Adopter* adopter, Clock const* clock,
                       Metrics* metrics, SigningKey const* key)
    : store_(store),
      host_(host),
      adopter_(adopter),
      clock_(clock),
      metrics_(metrics),
      recall_(store, host, metrics, key) {}

ReconcileReport Reconciler::last_report() const {
  MutexLock lock(mu_);
  return last_report_;
}

bool Reconciler::has_compared() const {
  MutexLock lock(mu_);
  return last_report_.at != absl::InfinitePast();
}

absl::Status Reconciler::RunOnce() {
  absl::StatusOr<ReconcileReport> report = Pass();
  if (!report.ok())
    Log(LogLevel::kWarning, "the release host was not reconciled",
        {{"error", report.status().ToString()}});
  MutexLock lock(mu_);
  if (report.ok()) {
    last_report_ = *std::move(report);
    return absl::OkStatus();
  }
  last_report_.status = report.status();
  return report.status();
}

// What the host lost is marked before anything is adopted: it may have moved.
absl::StatusOr<ReconcileReport> Reconciler::Pass() {
  ASSIGN_OR_RETURN(Picture picture, Compare());
  ASSIGN_OR_RETURN(int64_t const recalled, recall_.RunOnce());
  if (recalled > 0) {  // what was compared is another catalog now
    ASSIGN_OR_RETURN(picture, Compare());
  }
  ReconcileDiff& diff = picture.diff;
  ReconcileReport report;
  report.lost = static_cast<int64_t>(diff.lost.size());
  report.found_again = static_cast<int64_t>(diff.found_again.size());
  for (TamperedAsset const& asset : diff.tampered) LogTampered(asset);
  RETURN_IF_ERROR(Mark(diff.lost, AssetPresence::kMissing));
  RETURN_IF_ERROR(Mark(diff.found_again, AssetPresence::kPresent));
  RETURN_IF_ERROR(FindWithdrawn(diff.unrecorded, report));
  ASSIGN_OR_RETURN(AdoptionResult adoption, adopter_->Adopt(diff.unrecorded, picture.recorded));
  report.adoption = std::move(adoption);
  LogLeftAlone("withdrawn assets are at the release host", LogLevel::kWarning, report.withdrawn);
  LogAdoption(report.adoption);
  report.tampered = std::move(diff.tampered);
  report.at = clock_->Now();
  Measure(report);
  return report;
}

// The catalog first: what is published while the host is being listed is then held and not yet
// recorded, never recorded and not held.
absl::StatusOr<Reconciler::Picture> Reconciler::Compare() {
  Picture picture;
  ASSIGN_OR_RETURN(picture.recorded, RecordedAssets(*store_, {}));
  ASSIGN_OR_RETURN(std::vector<HostedAsset> const held, host_->ListAssets());
  picture.diff = DiffAssets(picture.recorded, held);
  return picture;
}

absl::Status Reconciler::FindWithdrawn(std::vector<HostedAsset>& unrecorded,
                                       ReconcileReport& report) {
  if (unrecorded.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::vector<Withdrawal> withdrawals, RecordedWithdrawals(*store_, {}));
  WithdrawnNames const names = ByName(std::move(withdrawals));
  std::vector<HostedAsset> others;
  for (HostedAsset& held : unrecorded) {
    auto const found = names.find({held.repository, held.tag, held.asset_name});
    if (found == names.end()) {
      others.push_back(std::move(held));
      continue;
    }
    std::vector<Withdrawal> const& of_name = found->second;
    if (held.sha256.empty() && HasSizeOf(held, of_name))
      held.sha256 = host_->DigestOf(held).value_or("");
    auto const same = std::find_if(of_name.begin(), of_name.end(), [&](auto const& withdrawal) {
      return withdrawal.asset.sha256 == held.sha256;
    });
    if (same == of_name.end()) {
      others.push_back(std::move(held));
      continue;
    }
    report.withdrawn.Add(held, WithdrawnText(same->withdrawn_at, same->reason));
    RETURN_IF_ERROR(MarkHeld(*same));
  }
  unrecorded = std::move(others);
  return absl::OkStatus();
}

absl::Status Reconciler::MarkHeld(Withdrawal const& withdrawal) {
  PublishedAsset const& asset = withdrawal.asset;
  return Await<bool>([&](auto done) {
           store_->MarkWithdrawal(asset.tag, asset.asset_name, asset.sha256, false,
                                  std::move(done));
         })
      .status();
}

absl::Status Reconciler::Mark(std::vector<PublishedAsset> const& assets, AssetPresence presence) {
  for (PublishedAsset const& asset : assets) {
    absl::Status const marked =
        Await<bool>([&](auto done) {
          store_->MarkAsset(asset.tag, asset.asset_name, presence, std::move(done));
        }).status();
    if (absl::IsNotFound(marked)) continue;  // withdrawn meanwhile
    RETURN_IF_ERROR(marked);
    Log(LogLevel::kWarning,
        presence == AssetPresence::kMissing ? "the release host lost an asset"
                                            : "the release host holds a lost asset again",
        {{"tag", asset.tag}, {"asset", asset.asset_name}});
  }
  return absl::OkStatus();
}

void Reconciler::Measure(ReconcileReport const& report) {
  auto const set = [&](char const* name, char const* help, int64_t value) {
    metrics_->Set(name, help, {}, static_cast<double>(value));
  };
  auto const count = [&](char const* name, char const* help, int64_t value) {
    metrics_->Count(name, help, {}, static_cast<double>(value));
  };
  AdoptionResult const& adoption = report.adoption;
  set("probefarm_assets_tampered", "Assets that are not what was published",
      static_cast<int64_t>(report.tampered.size()));
  set("probefarm_assets_withdrawn", "Withdrawn assets that the release host holds still, or again",
      report.withdrawn.total);
  set("probefarm_assets_foreign", "Assets that are no probes", adoption.foreign.total);
  set("probefarm_assets_conflicting", "Assets that another record keeps from being adopted",
      adoption.conflicts.total);
  set("probefarm_assets_waiting", "Assets that may be adopted later", adoption.waiting.total);
  count("probefarm_assets_lost_total", "Assets that the release host lost", report.lost);
  count("probefarm_assets_found_again_total", "Lost assets that came back", report.found_again);
  count("probefarm_assets_adopted_total", "Assets that were found and recorded", adoption.adopted);
}

}  // namespace probefarm
