#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace probefarm {

// What names a lease in every message about it. A job leased again has a higher epoch: whoever
// still works under the old one is refused with ABORTED.
struct LeaseName {
  int64_t job = 0;
  int64_t epoch = 0;  // from 1
  friend bool operator==(LeaseName const&, LeaseName const&) = default;
  template <typename H>
  friend H AbslHashValue(H h, LeaseName const& name) {
    return H::combine(std::move(h), name.job, name.epoch);
  }
};

// "job 7 epoch 2": for logs and messages.
inline std::string Describe(LeaseName const& name) {
  return absl::StrCat("job ", name.job, " epoch ", name.epoch);
}

// The right to build one job until it expires. It expires unless heartbeats name it.
struct Lease {
  LeaseName name;
  std::string spec;  // canonical JSON of a BuildSpec, not checked yet: see ParseBuildSpec()
  // When the coordinator takes the job away if nothing came of it, heartbeats or not; by the wall
  // clock. The coordinator alone acts on it.
  absl::Time run_deadline;
};

// What is done under a lease now; told to the coordinator with each heartbeat. The first three are
// BuildPhase; kAwaitingUpload: the file is reported and waits for a grant; kSending: it has one.
enum class Phase { kFetching, kBuilding, kChecking, kAwaitingUpload, kSending };

// What the coordinator says of a lease. kCancel: a client cancelled the job. kAbandon: the lease is
// not this worker's any more. To the worker both mean: kill the container, delete the file.
enum class Verdict { kContinue, kCancel, kAbandon };

}  // namespace probefarm
