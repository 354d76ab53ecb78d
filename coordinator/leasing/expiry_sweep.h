#pragma once

#include "absl/time/time.h"
#include "coordinator/leasing/phase_board.h"
#include "coordinator/store/store.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// Takes leases away from workers that have not been heard of for the ttl. RunOnce() is called about
// once a second; it does not wait for the store. Thread-safe. The store decides what expires
// (Store::ExpireSessions) and what becomes of it; this logs each lease that was taken away and
// counts it in probefarm_lease_expired_total. A failed pass is logged, and the next one finds the
// same leases again. Also drops what the phase board remembers of sessions that were silent for ten
// times the ttl.
class ExpirySweep {
 public:
  // Collaborators must outlive the sweep, `metrics` also the store's last callback. `ttl` is the
  // one that workers are told when they open a session.
  ExpirySweep(Store& store, PhaseBoard& phases, Metrics& metrics, Clock& clock, absl::Duration ttl)
      : store_(store), phases_(phases), metrics_(metrics), clock_(clock), ttl_(ttl) {}

  void RunOnce();

 private:
  void Record(std::vector<ExpiredLease> const& expired);

  Store& store_;
  PhaseBoard& phases_;
  Metrics& metrics_;
  Clock& clock_;
  absl::Duration const ttl_;
};

}  // namespace probefarm
