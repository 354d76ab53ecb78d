#include "coordinator/store/sqlite/session_rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/store/lease_rules.h"
#include "coordinator/store/sqlite/label_column.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr char kSelect[] =
    "SELECT session, worker, arch, memory_bytes_per_slot, engine, slots, opened_at, void, "
    "ended_at, draining, EXISTS (SELECT 1 FROM pauses), "
    "EXISTS (SELECT 1 FROM drained_workers WHERE drained_workers.worker = sessions.worker), "
    "labels, builders "
    "FROM sessions ";

absl::StatusOr<SessionRow> ReadSession(Statement const& row) {
  SessionRow session;
  session.session = row.Text(0);
  session.worker = row.Text(1);
  absl::StatusOr<Arch> const arch = ParseArch(row.Text(2));
  if (!arch.ok()) {
    return absl::DataLossError(
        absl::StrCat("row of session ", session.session, ": ", arch.status().message()));
  }
  session.capabilities = {*arch, row.Int(3), row.Text(4), ReadLabels(row.Text(12)),
                          ReadLabels(row.Text(13))};
  session.slots = static_cast<int>(row.Int(5));
  session.opened_at = row.Time(6);
  session.is_void = row.Int(7) != 0;
  session.ended = !row.IsNull(8);
  session.draining = row.Int(9) != 0;
  session.paused = row.Int(10) != 0;
  session.drained = row.Int(11) != 0;
  return session;
}

absl::StatusOr<std::vector<SessionRow>> ReadSessions(Statement query) {
  std::vector<SessionRow> sessions;
  while (query.Step()) {
    ASSIGN_OR_RETURN(SessionRow session, ReadSession(query));
    sessions.push_back(std::move(session));
  }
  RETURN_IF_ERROR(query.status());
  return sessions;
}

absl::StatusOr<std::optional<SessionRow>> ReadFirst(Statement query) {
  ASSIGN_OR_RETURN(std::vector<SessionRow> sessions, ReadSessions(std::move(query)));
  if (sessions.empty()) return std::nullopt;
  return std::move(sessions.front());
}

}  // namespace

absl::StatusOr<std::optional<SessionRow>> FindSession(Database& db, std::string const& session) {
  static std::string const select = absl::StrCat(kSelect, "WHERE session = ?");
  return ReadFirst(db.Query(select, session));
}

absl::StatusOr<SessionRow> FindLiveSession(Database& db, std::string const& session) {
  ASSIGN_OR_RETURN(std::optional<SessionRow> row, FindSession(db, session));
  if (row && row->is_void) return VoidSession(row->worker);
  if (!row || row->ended) return ReopenSession(session);
  return *std::move(row);
}

absl::StatusOr<std::optional<SessionRow>> FindLastSession(Database& db, std::string const& worker) {
  return ReadFirst(
      db.Query(absl::StrCat(kSelect, "WHERE worker = ? ORDER BY number DESC LIMIT 1"), worker));
}

absl::StatusOr<std::vector<SessionRow>> LiveSessions(Database& db) {
  return ReadSessions(db.Query(absl::StrCat(kSelect, "WHERE ended_at IS NULL")));
}

absl::StatusOr<std::vector<SessionRow>> LastSessions(Database& db) {
  return ReadSessions(db.Query(absl::StrCat(
      kSelect,
      "WHERE number IN (SELECT MAX(number) FROM sessions GROUP BY worker) ORDER BY worker")));
}

absl::Status InsertSession(Database& db, NewSession const& session, absl::Time now) {
  ASSIGN_OR_RETURN(std::optional<SessionRow> const known, FindSession(db, session.session));
  if (known) {
    return absl::AlreadyExistsError(absl::StrCat("session ", session.session, " is open already"));
  }
  return db.Run(
      "INSERT INTO sessions(session, worker, arch, memory_bytes_per_slot, engine, slots, "
      "opened_at, ended_at, void, labels, builders) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, 0, ?, ?)",
      session.session, session.worker, ArchName(session.capabilities.arch),
      session.capabilities.memory_bytes_per_slot, session.capabilities.engine, session.slots, now,
      LabelText(session.capabilities.labels), LabelText(session.capabilities.builders));
}

absl::Status VoidSessionsOf(Database& db, std::string const& worker, absl::Time now) {
  return db.Run(
      "UPDATE sessions SET void = 1, ended_at = COALESCE(ended_at, ?) WHERE worker = ? AND void = "
      "0",
      now, worker);
}

absl::Status DrainSession(Database& db, std::string const& session) {
  return db.Run("UPDATE sessions SET draining = 1 WHERE session = ?", session);
}

absl::Status EndSession(Database& db, std::string const& session, absl::Time now) {
  return db.Run("UPDATE sessions SET ended_at = ? WHERE session = ?", now, session);
}

absl::Status DeleteSessionsEndedBefore(Database& db, absl::Time time) {
  return db.Run("DELETE FROM sessions WHERE ended_at < ?", time);
}

}  // namespace probefarm
