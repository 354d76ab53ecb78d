#include "coordinator/store/sqlite/session_clock.h"

namespace probefarm {

void SessionClock::Heard(std::string const& session, Entry heard) {
  MutexLock lock(mu_);
  Entry& entry = entries_[session];
  if (!heard.free_disk_bytes) heard.free_disk_bytes = entry.free_disk_bytes;
  entry = heard;
}

absl::Time SessionClock::LastHeard(std::string const& session, absl::Time now) {
  MutexLock lock(mu_);
  return entries_.try_emplace(session, Entry{now, 0}).first->second.last_heard;
}

std::optional<SessionClock::Entry> SessionClock::Find(std::string const& session) const {
  MutexLock lock(mu_);
  auto const found = entries_.find(session);
  return found == entries_.end() ? std::nullopt : std::make_optional(found->second);
}

std::optional<int64_t> SessionClock::FreeDisk(std::string const& session) const {
  MutexLock lock(mu_);
  auto const found = entries_.find(session);
  return found == entries_.end() ? std::nullopt : found->second.free_disk_bytes;
}

std::vector<absl::Time> SessionClock::AllHeard() const {
  MutexLock lock(mu_);
  std::vector<absl::Time> times;
  times.reserve(entries_.size());
  for (auto const& [session, entry] : entries_) times.push_back(entry.last_heard);
  return times;
}

void SessionClock::Forget(std::string const& session) {
  MutexLock lock(mu_);
  entries_.erase(session);
}

void SessionClock::ForgetBefore(absl::Time time) {
  MutexLock lock(mu_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    entry = entry->second.last_heard < time ? entries_.erase(entry) : std::next(entry);
  }
}

}  // namespace probefarm
