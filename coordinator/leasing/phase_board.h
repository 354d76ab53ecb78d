#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "coordinator/scheduling/lease_reconciliation.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// What a worker does under a lease, as it last said. For people: nothing is decided by it.
// kUnknown: the worker has not said, or says what this version does not know.
enum class LeasePhase { kUnknown, kFetching, kBuilding, kChecking, kAwaitingUpload, kSending };

struct LeaseProgress {
  LeaseKey key;
  LeasePhase phase = LeasePhase::kUnknown;
  std::string detail;  // "linux-headers-… 40 %"
};

// The latest progress of every lease, in memory: a restart forgets it, the next heartbeat brings it
// back. Thread-safe.
class PhaseBoard {
 public:
  // Replaces all that was known of the session. With each heartbeat that the store accepted; `now`
  // is its time.
  void Update(std::string const& session, std::vector<LeaseProgress> progress, bool draining,
              absl::Time now) EXCLUDES(mu_);
  // Drops sessions that have said nothing since `time`.
  void ForgetBefore(absl::Time time) EXCLUDES(mu_);

  // kUnknown for a session or a lease that nothing is known of.
  LeaseProgress ProgressOf(std::string const& session, LeaseKey key) const EXCLUDES(mu_);
  // Whether the worker said with its last heartbeat that it takes nothing new (the store
  // sees to that, I9). False for an unknown session.
  bool Draining(std::string const& session) const EXCLUDES(mu_);

 private:
  struct SessionProgress {
    std::vector<LeaseProgress> leases;
    bool draining = false;
    absl::Time updated_at;
  };

  mutable Mutex mu_;
  absl::flat_hash_map<std::string, SessionProgress> sessions_ GUARDED_BY(mu_);
};

}  // namespace probefarm
