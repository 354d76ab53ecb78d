#include "coordinator/leasing/expiry_sweep.h"

#include "lib/runtime/log.h"

namespace probefarm {

void ExpirySweep::RunOnce() {
  phases_.ForgetBefore(clock_.Now() - 10 * ttl_);
  store_.ExpireSessions(ttl_, [this](absl::StatusOr<std::vector<ExpiredLease>> expired) {
    if (!expired.ok()) {
      Log(LogLevel::kError, "expiring leases failed", {{"error", expired.status().ToString()}});
      return;
    }
    Record(*expired);
  });
}

void ExpirySweep::Record(std::vector<ExpiredLease> const& expired) {
  metrics_.Count("probefarm_lease_expired_total", "Leases taken away from lost workers", {},
                 static_cast<double>(expired.size()));
  for (ExpiredLease const& lease : expired) {
    Log(LogLevel::kWarning, "lease expired",
        {{"job", lease.key.job},
         {"epoch", lease.key.epoch},
         {"worker", lease.worker},
         {"state", JobStateName(lease.job.state)}});
  }
}

}  // namespace probefarm
