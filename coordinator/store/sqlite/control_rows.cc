#include "coordinator/store/sqlite/control_rows.h"

#include <optional>

#include "coordinator/store/lease_rules.h"
#include "coordinator/store/sqlite/session_rows.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::StatusOr<bool> IsPaused(Database& db) {
  Statement query = db.Query("SELECT 1 FROM pauses");
  bool const paused = query.Step();
  RETURN_IF_ERROR(query.status());
  return paused;
}

// Whoever waits for a lease asks again: what was held back is there for the taking.
absl::Status TellAllEligible(WriteContext& context) {
  Statement query = context.db.Query("SELECT COUNT(*) FROM ready_jobs");
  if (query.Step()) context.eligible += static_cast<int>(query.Int(0));
  return query.status();
}

}  // namespace

absl::StatusOr<bool> SetPaused(WriteContext& context, bool paused) {
  RETURN_IF_ERROR(context.db.Run("DELETE FROM pauses"));
  if (paused) {
    RETURN_IF_ERROR(context.db.Run("INSERT INTO pauses(since) VALUES (?)", context.now));
  } else {
    RETURN_IF_ERROR(TellAllEligible(context));
  }
  return paused;
}

absl::StatusOr<bool> HoldBack(WriteContext& context, HeldBack const& held_back) {
  context.queues.HoldBack(held_back);
  RETURN_IF_ERROR(TellAllEligible(context));
  return true;
}

absl::StatusOr<bool> SetDrained(WriteContext& context, std::string const& worker, bool drained) {
  ASSIGN_OR_RETURN(std::optional<SessionRow> const known, FindLastSession(context.db, worker));
  if (!known) return NoSuchWorker(worker);
  RETURN_IF_ERROR(context.db.Run("DELETE FROM drained_workers WHERE worker = ?", worker));
  if (drained) {
    RETURN_IF_ERROR(context.db.Run("INSERT INTO drained_workers(worker, since) VALUES (?, ?)",
                                   worker, context.now));
  } else {
    RETURN_IF_ERROR(TellAllEligible(context));
  }
  return drained;
}

absl::StatusOr<Controls> GetControls(Database& db) {
  Controls controls;
  ASSIGN_OR_RETURN(controls.paused, IsPaused(db));
  Statement query = db.Query("SELECT worker FROM drained_workers ORDER BY worker");
  while (query.Step()) controls.drained.push_back(query.Text(0));
  RETURN_IF_ERROR(query.status());
  return controls;
}

}  // namespace probefarm
