#include "coordinator/leasing/phase_board.h"

namespace probefarm {
namespace {

constexpr size_t kMaxDetail = 200;

}  // namespace

void PhaseBoard::Update(std::string const& session, std::vector<LeaseProgress> progress,
                        bool draining, absl::Time now) {
  for (LeaseProgress& lease : progress) {
    if (lease.detail.size() > kMaxDetail) lease.detail.resize(kMaxDetail);
  }
  MutexLock lock(mu_);
  sessions_[session] = {std::move(progress), draining, now};
}

void PhaseBoard::ForgetBefore(absl::Time time) {
  MutexLock lock(mu_);
  absl::erase_if(sessions_, [time](auto const& entry) { return entry.second.updated_at < time; });
}

LeasePhase PhaseBoard::PhaseOf(std::string const& session, LeaseKey key) const {
  MutexLock lock(mu_);
  auto const it = sessions_.find(session);
  if (it == sessions_.end()) return LeasePhase::kUnknown;
  for (LeaseProgress const& lease : it->second.leases) {
    if (lease.key == key) return lease.phase;
  }
  return LeasePhase::kUnknown;
}

bool PhaseBoard::Draining(std::string const& session) const {
  MutexLock lock(mu_);
  auto const it = sessions_.find(session);
  return it != sessions_.end() && it->second.draining;
}

}  // namespace probefarm
