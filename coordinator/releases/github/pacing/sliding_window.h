#pragma once

#include <cstdint>
#include <deque>
#include <map>

#include "absl/time/time.h"

namespace probefarm {

// Names a request that was let through, from its grant until its answer. Ascends with the grants.
using PlaceId = int64_t;

// What was spent in the last second, minute or hour. Holds no limit: it is asked whether there is
// room under one. Pure: a function of what it was told and of `now`, which must not go back and is
// given to Advance() before anything else.
//
// The host counts a request somewhere between its grant and its answer, we cannot know where. So it
// counts here from its grant until one length after its answer. A slow one would then cost more
// than it does at the host: it counts for at most 21/20 of the length. That holds back no more than
// a twentieth, and is exact for requests that reach the host within a twentieth of the length.
class SlidingWindow {
 public:
  explicit SlidingWindow(absl::Duration length);

  // Forgets what is too long ago.
  void Advance(absl::Time now);

  // A request begins; `cost` is the most that it can be.
  void Begin(PlaceId id, int64_t cost, absl::Time now);
  // Its answer came, and this is what it cost. Without effect for one that has counted for so long
  // that it is settled already, or is unknown.
  void End(PlaceId id, int64_t cost, absl::Time now);
  // A request that somebody else made, or we before a restart.
  void CountPast(int64_t cost, absl::Time when);

  int64_t used() const { return used_; }
  // `now` when `cost` fits under `limit`; else the earliest time at which it may.
  absl::Time NextRoom(int64_t cost, int64_t limit, absl::Time now) const;

 private:
  struct UnderWay {
    absl::Time settles;
    int64_t cost;
  };
  struct Settled {
    absl::Time at;
    int64_t cost;
  };

  absl::Duration const length_;
  std::map<PlaceId, UnderWay> under_way_;
  std::deque<Settled> settled_;  // by time
  int64_t used_ = 0;             // of both
};

}  // namespace probefarm
