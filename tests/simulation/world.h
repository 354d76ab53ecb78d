#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "lib/runtime/fake_clock.h"

namespace probefarm {

// Time and chance of one simulation: what happens, and when, is decided by the seed alone. For one
// thread.
class World {
 public:
  explicit World(uint64_t seed) : random_(seed) {}

  FakeClock& clock() { return clock_; }
  absl::Duration now() const { return now_; }

  // Things that are to happen at the same time happen in the order in which they were asked for.
  void After(absl::Duration delay, std::function<void()> act);
  // Moves time to the next thing and lets it happen; false when there is none before `end`.
  bool Step(absl::Duration end);

  bool Chance(double probability);
  int64_t Between(int64_t low, int64_t high);  // both included
  absl::Duration Between(absl::Duration low, absl::Duration high);
  uint64_t Seed() { return random_(); }

  // While it is off, nothing goes wrong by chance.
  bool trouble() const { return trouble_; }
  void EndTrouble() { trouble_ = false; }
  bool Goes(double probability) { return trouble_ && Chance(probability); }

 private:
  struct Event {
    absl::Duration at;
    uint64_t order = 0;
    std::function<void()> act;
  };
  struct Later {
    bool operator()(Event const& a, Event const& b) const {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };

  FakeClock clock_;
  std::mt19937_64 random_;
  absl::Duration now_ = absl::ZeroDuration();
  uint64_t order_ = 0;
  bool trouble_ = true;
  std::priority_queue<Event, std::vector<Event>, Later> events_;
};

}  // namespace probefarm
