#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/database.h"

namespace probefarm {

// Rows of `sessions`. Used inside a transaction.
struct SessionRow {
  std::string session;
  std::string worker;
  Capabilities capabilities;  // less the free disk, which is in SessionClock
  int slots = 0;
  absl::Time opened_at;
  bool is_void = false;
  bool ended = false;     // void or expired
  bool draining = false;  // the worker said so
  bool drained = false;   // an operator said so, of its worker
  bool paused = false;    // the whole farm is
};

// Nothing when it was never opened, or has long ended.
absl::StatusOr<std::optional<SessionRow>> FindSession(Database& db, std::string const& session);
// ABORTED "reopen" or "void" when the session may not write any more.
absl::StatusOr<SessionRow> FindLiveSession(Database& db, std::string const& session);
// The worker's last one, ended or not.
absl::StatusOr<std::optional<SessionRow>> FindLastSession(Database& db, std::string const& worker);
// Neither void nor expired.
absl::StatusOr<std::vector<SessionRow>> LiveSessions(Database& db);
// The last one of each worker, by its id.
absl::StatusOr<std::vector<SessionRow>> LastSessions(Database& db);

// ALREADY_EXISTS when the session is there.
absl::Status InsertSession(Database& db, NewSession const& session, absl::Time now);
// Every session of the worker, those that have ended too.
absl::Status VoidSessionsOf(Database& db, std::string const& worker, absl::Time now);
// It is granted nothing new from now on.
absl::Status DrainSession(Database& db, std::string const& session);
// It expired: whoever calls with it is told to open another.
absl::Status EndSession(Database& db, std::string const& session, absl::Time now);
// Forgets sessions that ended before `time`.
absl::Status DeleteSessionsEndedBefore(Database& db, absl::Time time);

}  // namespace probefarm
