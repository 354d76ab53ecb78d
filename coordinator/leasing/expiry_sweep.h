#pragma once

#include "absl/time/time.h"
#include "coordinator/leasing/phase_board.h"
#include "coordinator/store/store.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// Takes leases away from workers that have not been heard of for the ttl. RunOnce() is called about
// once a second; it does not wait for the store. Thread-safe.
class ExpirySweep {
 public:
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
