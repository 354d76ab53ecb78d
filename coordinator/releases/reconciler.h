#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/releases/adopter.h"
#include "coordinator/releases/reconcile_diff.h"
#include "coordinator/releases/release_host.h"
#include "coordinator/releases/tombstone_recall.h"
#include "coordinator/store/store.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"
#include "lib/signing/signing_key.h"

namespace probefarm {

// What the last pass of the reconciler found.
struct ReconcileReport {
  absl::Time at = absl::InfinitePast();  // never
  absl::Status status;                   // of the last pass; when not OK, what follows may be older
  int64_t lost = 0;
  int64_t found_again = 0;
  std::vector<TamperedAsset> tampered;
  LeftAloneList withdrawn;  // held still, or again, although they were withdrawn
  AdoptionResult adoption;
};

// Compares the catalog with what the release host really holds. A recorded asset that is gone is
// marked missing, so that planning builds it again, and present when it is back with the recorded
// digest. Other bytes under a recorded name are reported, loudly and at every pass, and change
// nothing. What nobody recorded is adopted when it is a probe, and else reported. What was
// withdrawn and is held still, or again, is reported, and left to WithdrawalRemoval; by its bytes
// alone: others that have its name are as any that nobody recorded. Nothing at the host is changed
// by it.
//
// Before it compares, the releases are asked what was withdrawn (TombstoneRecall).
//
// From any state of both, passes come to a state that they do not change: each asset that is held
// is recorded with its digest or reported, each record that is not held is marked missing.
//
// One coordinator alone reconciles, since two could record one asset for two probes: with SQLite
// the lock on the database's file sees to that (file_lock.h), for the coordinator that has no
// database does not start. Thread-safe.
class Reconciler {
 public:
  // All must outlive it. With a key, withdrawals are believed that were signed with it.
  Reconciler(Store* store, ReleaseHost* host, Adopter* adopter, Clock const* clock,
             Metrics* metrics, SigningKey const* key = nullptr);

  // Blocks on store and host. Sets probefarm_assets_tampered, probefarm_assets_withdrawn,
  // probefarm_assets_foreign, probefarm_assets_conflicting, probefarm_assets_waiting and counts
  // probefarm_assets_lost_total, probefarm_assets_found_again_total,
  // probefarm_assets_adopted_total. The catalog is read before the host is listed, so a probe that
  // is published meanwhile is unrecorded for one pass, never lost. An error, also logged, is the
  // host's or the store's; what was marked before it stays marked.
  absl::Status RunOnce() EXCLUDES(mu_);

  // Whether a pass has compared: before, what the catalog lacks may be there all the same, and the
  // host's own side files know more.
  bool has_compared() const EXCLUDES(mu_);

  // A copy. Its numbers are those of the last pass that could compare.
  ReconcileReport last_report() const EXCLUDES(mu_);

 private:
  // The comparison and what it was made of.
  struct Picture {
    std::vector<PublishedAsset> recorded;
    ReconcileDiff diff;
  };
  absl::StatusOr<ReconcileReport> Pass();
  absl::StatusOr<Picture> Compare();
  // Takes out of `unrecorded` what was withdrawn, or may have been.
  absl::Status FindWithdrawn(std::vector<HostedAsset>& unrecorded, ReconcileReport& report);
  absl::Status MarkHeld(Withdrawal const& withdrawal);
  absl::Status Mark(std::vector<PublishedAsset> const& assets, AssetPresence presence);
  // Sets the gauges and adds to the counters.
  void Measure(ReconcileReport const& report);

  Store* const store_;
  ReleaseHost* const host_;
  Adopter* const adopter_;
  Clock const* const clock_;
  Metrics* const metrics_;
  TombstoneRecall recall_;
  mutable Mutex mu_;
  ReconcileReport last_report_ GUARDED_BY(mu_);
};

}  // namespace probefarm
