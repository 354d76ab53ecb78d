#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/scheduling/job_transition.h"
#include "coordinator/scheduling/lease_reconciliation.h"
#include "coordinator/store/records.h"

namespace probefarm {

// The promises of the lease protocol, watched from outside: what the coordinator answered, beside
// what stands in its store. It knows nothing of the rules by which the store decides. What is
// broken first is kept. For one thread.
//
//   I1  what was answered is not lost      I6  every job ends           (the world's to see)
//   I2  epochs only grow                   I7  one unfinished job for a probe
//   I3  one final outcome                  I8  cancelled is never published
//   I4  nothing stale is accepted          I9  a drained worker is given nothing
//   I5  attempts are limited               I10 an asset never changes
//   R   the same request is answered by the same leases, as long as they are held
class Invariants {
 public:
  explicit Invariants(int max_attempts) : max_attempts_(max_attempts) {}

  // What the coordinator answers OK, before the network has its way with it.
  void Enqueued(JobId job);
  void Opened(std::string const& worker, std::string const& session,
              std::vector<LeaseKey> const& rebound);
  void Granted(AcquireRequest const& request, std::vector<GrantedLease> const& leases,
               std::vector<Job> const& jobs);
  void Beaten(std::string const& session);  // a heartbeat
  // A write of a worker on its lease that changed something, or may have: "a log".
  void Accepted(LeaseRef const& lease, absl::string_view what);
  void Reported(LeaseRef const& lease, Artifact const& artifact);
  void Ended(LeaseRef const& lease);  // Complete or Release
  void Expired(std::vector<ExpiredLease> const& leases);
  void Cancelled(JobId job);
  void Retried(JobId job);
  void Drained(std::string const& session);

  // What stands in the store, and at the release host by name, whenever that may have changed.
  void Look(std::vector<Job> const& jobs, std::vector<PublishedAsset> const& catalog,
            std::map<std::string, std::string> const& hosted);

  // "I4: …" of what was broken first; nothing so far.
  std::optional<std::string> const& broken() const { return broken_; }
  void Break(std::string const& what);

 private:
  using Key = std::pair<JobId, int64_t>;  // job, epoch

  struct LeaseHistory {
    std::string session;  // which may write now
    bool over = false;    // ended, expired or given back
  };
  struct JobHistory {
    int64_t granted_epoch = 0;  // the highest that anybody was told of
    bool cancelled = false;     // acknowledged, and not retried since
    std::optional<JobState> final_state;
    std::map<int64_t, Artifact> artifacts;  // by epoch, acknowledged
  };

  void LookAtJob(Job const& job);
  void LookAtCatalog(std::vector<PublishedAsset> const& catalog,
                     std::map<std::string, std::string> const& hosted);

  int const max_attempts_;
  std::optional<std::string> broken_;
  std::map<JobId, JobHistory> jobs_;
  std::set<JobId> enqueued_;
  std::map<Key, LeaseHistory> leases_;
  std::map<std::string, std::string> latest_session_;                     // by worker
  std::map<std::string, std::string> worker_of_;                          // by session
  std::map<std::pair<std::string, std::string>, std::set<Key>> answers_;  // by session and request
  std::set<std::string> drained_;                                         // sessions
  std::map<std::string, std::string> assets_;                             // digest by name
};

}  // namespace probefarm
