#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "tests/testing/github/call_kind.h"
#include "tests/testing/github/fake_limits.h"

namespace probefarm::fake_github {

// Of one login, now: what x-ratelimit-* say.
struct PrimaryLimit {
  int limit = 0;
  int used = 0;
  absl::Time reset;
  int remaining() const { return used < limit ? limit - used : 0; }
};

// A call that a limit refused.
struct Refusal {
  std::string by;  // "primary", "concurrent", "points", "content-minute", "content-hour"
  absl::Duration retry_after;
};

// Counts calls by login, and refuses those beyond the limits. What is refused counts no further.
// Pure but for its state: `now` is passed and does not go back. Not thread-safe.
class Limiter {
 public:
  void SetLimits(FakeLimits limits) { limits_ = limits; }
  FakeLimits const& limits() const { return limits_; }

  // Every call that passed must be ended. `points_an_hour` is the login's primary limit.
  struct Admission {
    std::optional<Refusal> refusal;
    int64_t ticket = 0;
  };
  Admission Begin(std::string const& login, int points_an_hour, FakeCallKind kind, absl::Time now);
  // `points` of the primary limit; a call that was `free` (304) takes back its secondary points.
  void End(std::string const& login, int64_t ticket, int points, bool free, absl::Time now);

  PrimaryLimit Primary(std::string const& login, int points_an_hour, absl::Time now) const;
  int64_t points() const { return points_; }
  int64_t most_concurrent() const { return most_concurrent_; }
  void ResetCounts();

 private:
  struct Entry {
    absl::Time at;
    int weight = 0;
  };
  using Window = std::map<int64_t, Entry>;  // by ticket, that is by time

  struct Account {
    int concurrent = 0;
    int used = 0;
    absl::Time reset = absl::InfinitePast();
    Window points;     // of the last minute
    Window creations;  // of the last hour
  };

  std::optional<Refusal> Refuse(Account const& account, int points_an_hour, FakeCallKind kind,
                                absl::Time now) const;
  std::optional<Refusal> RefuseCreation(Account const& account, absl::Time now) const;

  FakeLimits limits_;
  std::map<std::string, Account> accounts_;
  int64_t next_ticket_ = 1;
  int64_t points_ = 0;
  int64_t most_concurrent_ = 0;
};

// A release, an upload, a commit.
bool CreatesContent(FakeCallKind kind);
bool IsWrite(FakeCallKind kind);

}  // namespace probefarm::fake_github
