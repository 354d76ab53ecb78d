#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "coordinator/scheduling/job.h"

namespace probefarm {

// The jobs of one driver version in one lane wait in a line of their own. Which of its jobs comes
// first is the store's to say: the one that was enqueued first.
struct LaneQueue {
  Lane lane = Lane::kBackfill;
  std::string driver_version;

  auto Key() const { return std::tie(lane, driver_version); }
  friend bool operator==(LaneQueue const& a, LaneQueue const& b) { return a.Key() == b.Key(); }
  friend bool operator<(LaneQueue const& a, LaneQueue const& b) { return a.Key() < b.Key(); }
};

// Which queue is served next: new kernels before the backfill, and within a lane one driver version
// after the other.
//
// The backfill ages by each grant that passes it over, not by time, so that its share of a busy
// farm does not depend on how fast the farm is: after `patience` such grants it is served once. So
// a backfill of a million old kernels hardly delays today's kernel, and never starves.
//
// Not thread-safe. Remembers turns only: a new one starts fair, so nothing of it need survive.
//
//   LaneOrder order(/*patience=*/2);
//   // {new 8.0.0, new 9.1.0, backfill 8.0.0} wait all the time:
//   // new 8.0.0, new 9.1.0, backfill 8.0.0, new 8.0.0, new 9.1.0, backfill 8.0.0, …
class LaneOrder {
 public:
  // `patience`: 0 serves the backfill whenever it waits.
  explicit LaneOrder(int patience = 10) : patience_(patience) {}

  // Takes the turn of one of `waiting`, which hold a grantable job each. Nothing when there are
  // none. The order of `waiting` is of no matter, nor that a queue is new in it or gone from it.
  // Counts as a grant, whether the answer is served or not.
  std::optional<LaneQueue> Next(std::vector<LaneQueue> const& waiting);

 private:
  Lane NextLane(std::vector<LaneQueue> const& waiting);

  int patience_;
  int passed_over_ = 0;                      // grants since the backfill was served
  std::map<Lane, std::string> last_served_;  // driver version
};

}  // namespace probefarm
