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

}  // namespace

Reconciler::Reconciler(Store* store, ReleaseHost* host, Clock const* clock, Metrics* metrics)
    : store_(store), host_(host), clock_(clock), metrics_(metrics) {}

ReconcileReport Reconciler::last_report() const {
  MutexLock lock(mu_);
  return last_report_;
}

absl::Status Reconciler::RunOnce() {
  absl::StatusOr<ReconcileDiff> diff = Compare();
  absl::Status const status = diff.ok() ? Apply(*diff) : diff.status();
  if (!status.ok())
    Log(LogLevel::kWarning, "the release host was not reconciled", {{"error", status.ToString()}});
  if (diff.ok()) {
    Keep(status, *std::move(diff));
  } else {
    MutexLock lock(mu_);
    last_report_.status = status;
  }
  return status;
}

// The catalog first: what is published while the host is being listed is then held and not yet
// recorded, never recorded and not held.
absl::StatusOr<ReconcileDiff> Reconciler::Compare() {
  ASSIGN_OR_RETURN(std::vector<PublishedAsset> const recorded, RecordedAssets(*store_, {}));
  ASSIGN_OR_RETURN(std::vector<HostedAsset> const held, host_->ListAssets());
  return DiffAssets(recorded, held);
}

absl::Status Reconciler::Apply(ReconcileDiff const& diff) {
  for (TamperedAsset const& asset : diff.tampered) LogTampered(asset);
  Measure(diff);
  RETURN_IF_ERROR(Mark(diff.lost, AssetPresence::kMissing));
  return Mark(diff.found_again, AssetPresence::kPresent);
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

void Reconciler::Measure(ReconcileDiff const& diff) {
  metrics_->Set("probefarm_assets_tampered", "Assets that are not what was published", {},
                static_cast<double>(diff.tampered.size()));
  metrics_->Set("probefarm_assets_unknown", "Assets that nobody recorded", {},
                static_cast<double>(diff.unknown));
  metrics_->Count("probefarm_assets_lost_total", "Assets that the release host lost", {},
                  static_cast<double>(diff.lost.size()));
  metrics_->Count("probefarm_assets_found_again_total", "Lost assets that came back", {},
                  static_cast<double>(diff.found_again.size()));
}

void Reconciler::Keep(absl::Status const& status, ReconcileDiff diff) {
  MutexLock lock(mu_);
  last_report_ = {.at = clock_->Now(),
                  .status = status,
                  .lost = static_cast<int64_t>(diff.lost.size()),
                  .found_again = static_cast<int64_t>(diff.found_again.size()),
                  .unknown = diff.unknown,
                  .tampered = std::move(diff.tampered)};
}

}  // namespace probefarm
