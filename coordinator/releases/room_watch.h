#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "coordinator/releases/release_host.h"
#include "coordinator/store/store.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// How many more probes the places of a tag can take, together; nothing when `rooms` do not say.
// Pure.
std::optional<int64_t> RoomUnder(std::string const& tag, std::vector<ReleaseRoom> const& rooms);

// Watches how full the releases are. While no place has room under a tag, no job whose probe goes
// there is granted: a built file that cannot be uploaded would wait at its worker, and in the end
// fill the worker's disk. Such a job waits, and `explain` says so. Thread-safe.
class RoomWatch {
 public:
  // All outlive it.
  RoomWatch(Store& store, ReleaseHost& host, Metrics& metrics);

  // Looks again; call every few seconds. Sets probefarm_release_room, tells the store what to hold
  // back when that has changed, and logs it. Waits for the store.
  void RunOnce() EXCLUDES(mu_);

  // As of the last round. By tag, then by the order in which places are filled.
  std::vector<ReleaseRoom> rooms() const EXCLUDES(mu_);

 private:
  void ShowRooms(std::vector<ReleaseRoom> const& rooms);

  Store& store_;
  ReleaseHost& host_;
  Metrics& metrics_;
  mutable Mutex mu_;
  std::vector<ReleaseRoom> rooms_ GUARDED_BY(mu_);
  std::set<std::string> full_ GUARDED_BY(mu_);  // tags, as the store was told
};

}  // namespace probefarm
