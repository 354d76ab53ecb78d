#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "lib/runtime/mutex.h"
#include "worker/lease/coordinator_client.h"
#include "worker/lease/lease.h"

namespace probefarm {

// The leases that this worker holds, and whether each is still good. Thread-safe.
//
// Who works under a lease adds it first and removes it last; who learns that a lease is over (a
// heartbeat, a fence, a stop) ends it here, and the former sees that by IsOver(). So an ended lease
// stays in the table, but not among Held(), until its work has wound up.
class LeaseTable {
 public:
  // In kFetching, and good.
  void Add(LeaseName name) EXCLUDES(mu_);
  // What is done under it now; `progress` is for people. Unknown names are ignored.
  void SetPhase(LeaseName name, Phase phase, absl::string_view progress) EXCLUDES(mu_);
  void Remove(LeaseName name) EXCLUDES(mu_);

  // The lease is over: whoever works under it stops at the next look at IsOver(). Unknown names are
  // ignored.
  void End(LeaseName name) EXCLUDES(mu_);
  // Those that are in the table now; not those that are added later.
  void EndAll() EXCLUDES(mu_);
  // Also true for a lease that was removed, or never added. A lease that is over stays
  // so.
  bool IsOver(LeaseName name) const EXCLUDES(mu_);

  // Those that are not over, in no order: what a heartbeat names.
  std::vector<HeldPhase> Held() const EXCLUDES(mu_);
  // Blocks until no lease is left, ended ones included.
  void WaitUntilEmpty() EXCLUDES(mu_);

 private:
  struct Entry {
    Phase phase = Phase::kFetching;
    std::string progress;
    bool over = false;
  };

  mutable Mutex mu_;
  CondVar emptied_;
  absl::flat_hash_map<LeaseName, Entry> leases_ GUARDED_BY(mu_);
};

}  // namespace probefarm
