#pragma once

#include <set>

#include "lib/driver/release_key.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// One at a time for each release, over calls that take long: whoever comes second waits until the
// first has done, and then finds what it did. No lock is held meanwhile. Thread-safe.
//
//   ReleaseTurns::Turn const turn(turns_, key);
class ReleaseTurns {
 public:
  // Lasts until it is destroyed. `turns` must outlive it. Whoever has the turn of a release must
  // not take it again.
  class Turn {
   public:
    Turn(ReleaseTurns& turns, ReleaseKey key);
    ~Turn();
    Turn(Turn const&) = delete;
    Turn& operator=(Turn const&) = delete;

   private:
    ReleaseTurns& turns_;
    ReleaseKey const key_;
  };

 private:
  void Begin(ReleaseKey const& key) EXCLUDES(mu_);
  void End(ReleaseKey const& key) EXCLUDES(mu_);

  Mutex mu_;
  CondVar over_;
  std::set<ReleaseKey> taken_ GUARDED_BY(mu_);
};

}  // namespace probefarm
