#include "coordinator/releases/github/release_turns.h"

#include <utility>

namespace probefarm {

ReleaseTurns::Turn::Turn(ReleaseTurns& turns, ReleaseKey key)
    : turns_(turns), key_(std::move(key)) {
  turns_.Begin(key_);
}

ReleaseTurns::Turn::~Turn() { turns_.End(key_); }

void ReleaseTurns::Begin(ReleaseKey const& key) {
  MutexLock lock(mu_);
  while (taken_.contains(key)) over_.Wait(mu_);
  taken_.insert(key);
}

void ReleaseTurns::End(ReleaseKey const& key) {
  MutexLock lock(mu_);
  taken_.erase(key);
  over_.NotifyAll();
}

}  // namespace probefarm
