#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/releases/reconcile_diff.h"
#include "coordinator/releases/release_host.h"
#include "coordinator/store/store.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// What the last pass of the reconciler found.
struct ReconcileReport {
  absl::Time at = absl::InfinitePast();  // never
  absl::Status status;                   // of the last pass; when not OK, what follows may be older
  int64_t lost = 0;
  int64_t found_again = 0;
  int64_t unknown = 0;
  std::vector<TamperedAsset> tampered;
};

// Compares the catalog with what the release host really holds. A recorded asset that is gone is
// marked missing, so that planning builds it again, and present when it is back with the recorded
// digest. Other bytes under a recorded name are reported, loudly and at every pass, and change
// nothing. Thread-safe.
class Reconciler {
 public:
  // All must outlive it.
  Reconciler(Store* store, ReleaseHost* host, Clock const* clock, Metrics* metrics);

  // Blocks on store and host. Sets probefarm_assets_tampered, probefarm_assets_unknown and counts
  // probefarm_assets_lost_total, probefarm_assets_found_again_total. The catalog is read before the
  // host is listed, so a probe that is published meanwhile is unknown for one pass, never lost. An
  // error, also logged, is the host's or the store's; what was marked before it stays marked.
  absl::Status RunOnce() EXCLUDES(mu_);

  // A copy. Its numbers are those of the last pass that could compare.
  ReconcileReport last_report() const EXCLUDES(mu_);

 private:
  absl::StatusOr<ReconcileDiff> Compare();
  absl::Status Mark(std::vector<PublishedAsset> const& assets, AssetPresence presence);
  absl::Status Apply(ReconcileDiff const& diff);
  // Sets the gauges and adds to the counters.
  void Measure(ReconcileDiff const& diff);
  void Keep(absl::Status const& status, ReconcileDiff diff) EXCLUDES(mu_);

  Store* const store_;
  ReleaseHost* const host_;
  Clock const* const clock_;
  Metrics* const metrics_;
  mutable Mutex mu_;
  ReconcileReport last_report_ GUARDED_BY(mu_);
};

}  // namespace probefarm
