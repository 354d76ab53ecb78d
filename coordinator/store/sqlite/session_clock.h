#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// When each session was last heard of, and what its heartbeats say. In memory: a heartbeat costs no
// write, and after a restart every session counts as heard of just then, which gives it one full
// ttl. Thread-safe. Keyed by the session's name; whether a session is void or has ended stands in
// its row.
class SessionClock {
 public:
  struct Entry {
    absl::Time last_heard;
    int free_slots = 0;
    std::optional<int64_t> free_disk_bytes = std::nullopt;  // as told last; nothing: never
  };

  // Replaces what was known of the session, but for a disk that is not told again.
  void Heard(std::string const& session, Entry heard) EXCLUDES(mu_);
  // Of a session that is not known yet: `now`, and from then on it is.
  absl::Time LastHeard(std::string const& session, absl::Time now) EXCLUDES(mu_);
  // Nothing for a session that this does not know.
  std::optional<Entry> Find(std::string const& session) const EXCLUDES(mu_);
  // As told last; nothing when the session is not known, or has not told.
  std::optional<int64_t> FreeDisk(std::string const& session) const EXCLUDES(mu_);
  // Of every session that is known, the silent and the replaced ones too.
  std::vector<absl::Time> AllHeard() const EXCLUDES(mu_);
  // Of a session that was replaced: its silence is no worker's loss.
  void Forget(std::string const& session) EXCLUDES(mu_);
  // Sessions that were last heard of before `time`.
  void ForgetBefore(absl::Time time) EXCLUDES(mu_);

 private:
  mutable Mutex mu_;
  std::map<std::string, Entry> entries_ GUARDED_BY(mu_);
};

}  // namespace probefarm
