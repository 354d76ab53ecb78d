#include "worker/lease/lease_table.h"

namespace probefarm {

void LeaseTable::Add(LeaseName name) {
  MutexLock lock(mu_);
  leases_[name] = Entry();
}

void LeaseTable::SetPhase(LeaseName name, Phase phase, absl::string_view progress) {
  MutexLock lock(mu_);
  auto it = leases_.find(name);
  if (it == leases_.end()) return;
  it->second.phase = phase;
  it->second.progress = std::string(progress);
}

void LeaseTable::Remove(LeaseName name) {
  {
    MutexLock lock(mu_);
    leases_.erase(name);
  }
  emptied_.NotifyAll();
}

void LeaseTable::End(LeaseName name) {
  MutexLock lock(mu_);
  if (auto it = leases_.find(name); it != leases_.end()) it->second.over = true;
}

void LeaseTable::EndAll() {
  MutexLock lock(mu_);
  for (auto& [name, entry] : leases_) entry.over = true;
}

bool LeaseTable::IsOver(LeaseName name) const {
  MutexLock lock(mu_);
  auto const it = leases_.find(name);
  return it == leases_.end() || it->second.over;
}

std::vector<HeldPhase> LeaseTable::Held() const {
  MutexLock lock(mu_);
  std::vector<HeldPhase> held;
  for (auto const& [name, entry] : leases_) {
    if (!entry.over) held.push_back({name, entry.phase, entry.progress});
  }
  return held;
}

void LeaseTable::WaitUntilEmpty() {
  MutexLock lock(mu_);
  while (!leases_.empty()) emptied_.Wait(mu_);
}

}  // namespace probefarm
