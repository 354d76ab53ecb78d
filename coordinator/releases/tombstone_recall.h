#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/releases/release_host.h"
#include "coordinator/store/store.h"
#include "lib/index/release_index.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/mutex.h"
#include "lib/signing/signing_key.h"

namespace probefarm {

// Reads in the releases what was withdrawn, for a store that was lost or is an older copy: without
// it, what was withdrawn would be missing, and built again. Each release's index.json is read once
// in the life of the program, which is the only one that writes it. Thread-safe; two that run at
// once may both read one.
//
// With a key, a tombstone counts only when it was signed with that key, of this release: else who
// can write to a release could keep probes from being built. Those that are not believed are logged
// and counted (probefarm_tombstones_refused_total).
class TombstoneRecall {
 public:
  // All must outlive it; `key` may be null.
  TombstoneRecall(Store* store, ReleaseHost* host, Metrics* metrics, SigningKey const* key)
      : store_(store), host_(host), metrics_(metrics), key_(key) {}

  // After ReleaseHost::ListAssets(). How many withdrawals were new to the store. An index that
  // cannot be read now is an error: what it tells is not known, so nobody may go by the catalog.
  // One that is none, or of another release, tells nothing.
  absl::StatusOr<int64_t> RunOnce() EXCLUDES(mu_);

 private:
  bool WasRead(ReleaseKey const& release) EXCLUDES(mu_);
  // Nothing: there is none that could be used.
  absl::StatusOr<std::optional<ReleaseIndex>> Read(ReleaseKey const& release);
  absl::StatusOr<int64_t> Recall(ReleaseKey const& release);
  bool IsBelieved(ReleaseKey const& release, SignedTombstone const& entry) const;
  void CountRefused(int by);

  Store* const store_;
  ReleaseHost* const host_;
  Metrics* const metrics_;
  SigningKey const* const key_;
  Mutex mu_;
  std::set<ReleaseKey> read_ GUARDED_BY(mu_);
};

}  // namespace probefarm
