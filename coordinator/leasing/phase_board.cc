#include "coordinator/leasing/phase_board.h"

namespace probefarm {
void PhaseBoard::Update(std::string const& session, std::vector<LeaseProgress> progress,
                        bool draining, absl::Time now) {
  MutexLock lock(mu_);
  sessions_[session] = {std::move(progress), draining, now};
}

void PhaseBoard::ForgetBefore(absl::Time time) {
  MutexLock lock(mu_);
  absl::erase_if(sessions_, [time](auto const& entry) { return entry.second.updated_at < time; });
}

LeaseProgress PhaseBoard::ProgressOf(std::string const& session, LeaseKey key) const {
  MutexLock lock(mu_);
  auto const it = sessions_.find(session);
  if (it == sessions_.end()) return {key, LeasePhase::kUnknown, ""};
  for (LeaseProgress const& lease : it->second.leases) {
    if (lease.key == key) return lease;
  }
  return {key, LeasePhase::kUnknown, ""};
}

bool PhaseBoard::Draining(std::string const& session) const {
  MutexLock lock(mu_);
  auto const it = sessions_.find(session);
  return it != sessions_.end() && it->second.draining;
}

}  // namespace probefarm
