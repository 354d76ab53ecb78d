#include "coordinator/store/sqlite/expiry_operations.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/scheduling/worker_loss.h"
#include "coordinator/store/sqlite/job_rows.h"
#include "coordinator/store/sqlite/session_rows.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// Long enough that a worker that comes back learns why it was voided.
constexpr absl::Duration kKeepEndedSessions = absl::Hours(24 * 7);

absl::Status Expire(WriteContext& context, std::vector<Job> const& jobs, job_event::Expire event,
                    std::vector<ExpiredLease>& expired) {
  for (Job const& job : jobs) {
    ASSIGN_OR_RETURN(Job moved, MoveJob(context, job, event));
    expired.push_back({{job.id, job.epoch}, job.worker, std::move(moved)});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<SessionRow>> SilentSessions(WriteContext& context, absl::Duration ttl) {
  ASSIGN_OR_RETURN(std::vector<SessionRow> sessions, LiveSessions(context.db));
  std::vector<SessionRow> silent;
  for (SessionRow& session : sessions) {
    absl::Time const heard = context.sessions.LastHeard(session.session, context.now);
    if (context.now - heard >= ttl) silent.push_back(std::move(session));
  }
  return silent;
}

absl::Status ExpireOverdue(WriteContext& context, std::vector<ExpiredLease>& expired) {
  ASSIGN_OR_RETURN(
      std::vector<Job> const overdue,
      ReadJobs(context.db.Query(absl::StrCat(SelectJobsBy("jobs_active"), kIsActive,
                                             " AND state = 'leased' AND run_deadline <= ?"),
                                context.now)));
  return Expire(context, overdue, {.overdue = true}, expired);
}

}  // namespace

absl::Status PromoteWaiting(WriteContext& context) {
  static std::string const select = absl::StrCat(SelectJobsBy("jobs_waiting"), "waits_until <= ?");
  ASSIGN_OR_RETURN(std::vector<Job> const jobs, ReadJobs(context.db.Query(select, context.now)));
  for (Job const& job : jobs) {
    RETURN_IF_ERROR(MakeReady(context.db, job.id));
    AddReady(context, job);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ExpiredLease>> ExpireSessions(WriteContext& context,
                                                         absl::Duration ttl) {
  std::vector<ExpiredLease> expired;
  ASSIGN_OR_RETURN(std::vector<SessionRow> const silent, SilentSessions(context, ttl));
  bool const crowd = IsCrowd(context.sessions.AllHeard(), ttl, context.now);
  for (SessionRow const& session : silent) {
    RETURN_IF_ERROR(EndSession(context.db, session.session, context.now));
    ASSIGN_OR_RETURN(std::vector<Job> const held, JobsHeldBy(context.db, session.session));
    RETURN_IF_ERROR(Expire(context, held, {.crowd = crowd}, expired));
  }
  RETURN_IF_ERROR(ExpireOverdue(context, expired));
  RETURN_IF_ERROR(PromoteWaiting(context));
  RETURN_IF_ERROR(DeleteSessionsEndedBefore(context.db, context.now - kKeepEndedSessions));
  context.sessions.ForgetBefore(context.now - 2 * ttl);
  return expired;
}

}  // namespace probefarm
