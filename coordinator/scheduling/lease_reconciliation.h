#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "coordinator/scheduling/job.h"

namespace probefarm {

// A lease by what every write of a worker carries.
struct LeaseKey {
  JobId job = 0;
  int64_t epoch = 0;
  friend bool operator==(LeaseKey const&, LeaseKey const&) = default;
};

// A lease of a session as the coordinator knows it.
struct HeldLease {
  LeaseKey key;
  absl::Time granted_at;
  bool cancelled = false;  // a client cancelled the job while this lease ran
};

// What the worker must do with a lease that it named.
enum class LeaseVerdict {
  kContinue,
  kCancel,   // stop: a client cancelled the job
  kAbandon,  // stop: the lease is not yours any more
};

struct Reconciliation {
  std::vector<LeaseVerdict> verdicts;  // one for each lease the worker named, in its order
  std::vector<LeaseKey> unheard;  // the worker does not know these: their grant was lost on the way
};

// Compares what a worker says it holds with what the coordinator granted to its session. A lease
// younger than `grace` that the worker does not name is not yet unheard: its answer may be under
// way. Pure.
Reconciliation ReconcileLeases(std::vector<HeldLease> const& granted,
                               std::vector<LeaseKey> const& named, absl::Duration grace,
                               absl::Time now);

}  // namespace probefarm
