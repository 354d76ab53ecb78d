#pragma once

#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/scheduling/held_back.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/scheduling/lane_order.h"
#include "coordinator/store/sqlite/database.h"

namespace probefarm {

// Finds the next job to grant without looking through the queue. Jobs that are ready wait in lines,
// one for each (lane, driver version, requirements), and `ready_jobs` has each line in order of
// enqueueing. Which lines are not empty is kept here, as a hint: a line may be listed and
// empty, never the reverse. Used on the writer's thread only. Whose turn it is LaneOrder decides,
// over the queues in which a line fits the worker; within them the job that was enqueued first.
class ReadyQueues {
 public:
  // The lines are read from the file by the first Next() or Gains().
  explicit ReadyQueues(int backfill_patience) : order_(backfill_patience) {}

  // `job` has come into the queue and is ready. May come before its row is committed: a line too
  // many does no harm.
  void Add(Job const& job);
  // What is not granted until this is called again.
  void HoldBack(HeldBack held_back) { held_back_ = std::move(held_back); }
  // A transaction was undone: what is listed must be read again.
  void Distrust() { trusted_ = false; }

  // Whether a worker with `now` can run what one with `before` cannot, of what waits. Reads nothing
  // but what Next() would.
  absl::StatusOr<bool> Gains(Database& db, Capabilities const& before, Capabilities const& now);

  // The job whose turn it is among those that `capabilities` can run. Takes the turn; nothing when
  // no line fits. The job is still in its line: it leaves it when its row is written.
  absl::StatusOr<std::optional<Job>> Next(Database& db, Capabilities const& capabilities);

 private:
  struct Line {
    LaneQueue queue;
    Requirements requirements;
    auto Key() const {
      return std::tie(queue.lane, queue.driver_version, requirements.arch,
                      requirements.memory_bytes, requirements.disk_bytes, requirements.builder,
                      requirements.labels);
    }
    friend bool operator<(Line const& a, Line const& b) { return a.Key() < b.Key(); }
  };

  // Unless it was read already. One seek for each line, however many jobs wait.
  absl::Status EnsureLoaded(Database& db);
  absl::Status Load(Database& db);
  // Whether a worker with `capabilities` can be granted what waits in `line`.
  bool MayGrant(Line const& line, Capabilities const& capabilities) const;
  std::vector<LaneQueue> QueuesFor(Capabilities const& capabilities) const;
  // The job that waits longest in the lines of `queue`; drops the lines that are empty.
  absl::StatusOr<std::optional<Job>> Head(Database& db, LaneQueue const& queue,
                                          Capabilities const& capabilities);

  LaneOrder order_;
  std::set<Line> lines_;
  HeldBack held_back_;
  bool trusted_ = false;
};

}  // namespace probefarm
