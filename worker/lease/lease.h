#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace probefarm {

// What names a lease in every message about it.
struct LeaseName {
  int64_t job = 0;
  int64_t epoch = 0;
  friend bool operator==(LeaseName const&, LeaseName const&) = default;
  template <typename H>
  friend H AbslHashValue(H h, LeaseName const& name) {
    return H::combine(std::move(h), name.job, name.epoch);
  }
};

inline std::string Describe(LeaseName const& name) {
  return absl::StrCat("job ", name.job, " epoch ", name.epoch);
}

// The right to build one job until it expires.
struct Lease {
  LeaseName name;
  std::string spec;  // canonical JSON of a BuildSpec
  absl::Time run_deadline;
};

// What is done under a lease now; told to the coordinator with each heartbeat.
enum class Phase { kFetching, kBuilding, kChecking, kAwaitingUpload, kSending };

// What the coordinator says of a lease.
enum class Verdict { kContinue, kCancel, kAbandon };

}  // namespace probefarm
