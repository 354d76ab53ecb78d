#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "coordinator/scheduling/job.h"

namespace probefarm {

// A lease by what every write of a worker carries. The epoch makes a worker that comes back from
// the dead harmless: the job has a greater one as soon as somebody else holds it (I4).
struct LeaseKey {
  JobId job = 0;
  int64_t epoch = 0;
  friend bool operator==(LeaseKey const&, LeaseKey const&) = default;
};

// A lease of a session as the coordinator knows it.
struct HeldLease {
  LeaseKey key;
  // Of the grant, or of the last move since.
  absl::Time granted_at;
  bool cancelled = false;  // a client cancelled the job while this lease ran
};

// What the worker must do with a lease that it named.
enum class LeaseVerdict {
  // Go on: the lease is yours.
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
//
// A lease that is named but not `granted` is abandoned: it has expired, or belongs to another
// session or epoch. A cancelled one is never unheard, as nothing of it is left to give back. The
// same lease named twice gets two verdicts. Both lists are short, a worker's slots and what waits
// for upload: the cost is their product.
Reconciliation ReconcileLeases(std::vector<HeldLease> const& granted,
                               std::vector<LeaseKey> const& named, absl::Duration grace,
                               absl::Time now);

}  // namespace probefarm
