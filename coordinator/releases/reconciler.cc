#include "coordinator/releases/reconciler.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "coordinator/releases/recorded_assets.h"
#include "coordinator/store/await.h"
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

}  // namespace

Reconciler::Reconciler(Store* store, ReleaseHost* host, Adopter* adopter, Clock const* clock,
                       Metrics* metrics)
    : store_(store), host_(host), adopter_(adopter), clock_(clock), metrics_(metrics) {}

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
  ReconcileDiff& diff = picture.diff;
  ReconcileReport report;
  report.lost = static_cast<int64_t>(diff.lost.size());
  report.found_again = static_cast<int64_t>(diff.found_again.size());
  for (TamperedAsset const& asset : diff.tampered) LogTampered(asset);
  RETURN_IF_ERROR(Mark(diff.lost, AssetPresence::kMissing));
  RETURN_IF_ERROR(Mark(diff.found_again, AssetPresence::kPresent));
  ASSIGN_OR_RETURN(report.adoption, adopter_->Adopt(diff.unrecorded, picture.recorded));
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

absl::Status Reconciler::Mark(std::vector<PublishedAsset> const& assets, AssetPresence presence) {
  for (PublishedAsset const& asset : assets) {
    RETURN_IF_ERROR(Await<bool>([&](auto done) {
                      store_->MarkAsset(asset.tag, asset.asset_name, presence, std::move(done));
                    }).status());
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
  set("probefarm_assets_foreign", "Assets that are no probes", adoption.foreign.total);
  set("probefarm_assets_conflicting", "Assets that another record keeps from being adopted",
      adoption.conflicts.total);
  set("probefarm_assets_waiting", "Assets that may be adopted later", adoption.waiting.total);
  count("probefarm_assets_lost_total", "Assets that the release host lost", report.lost);
  count("probefarm_assets_found_again_total", "Lost assets that came back", report.found_again);
  count("probefarm_assets_adopted_total", "Assets that were found and recorded", adoption.adopted);
}

}  // namespace probefarm
