#include "coordinator/store/sqlite/lease_operations.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/store/lease_rules.h"
#include "coordinator/store/sqlite/expiry_operations.h"
#include "coordinator/store/sqlite/job_rows.h"
#include "coordinator/store/sqlite/session_rows.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

absl::Status ReleaseUnheard(WriteContext& context, std::vector<LeaseKey> const& keys,
                            std::string const& text) {
  for (LeaseKey const& key : keys) {
    ASSIGN_OR_RETURN(Job const job, FindJob(context.db, key.job));
    RETURN_IF_ERROR(MoveJob(context, job, job_event::Release{{"unheard", text}}).status());
  }
  return absl::OkStatus();
}

absl::Status Rebind(Database& db, std::vector<Job> const& held, std::string const& session) {
  for (Job const& job : held) {
    RETURN_IF_ERROR(
        db.Run("UPDATE jobs SET session = ? WHERE id = ? AND epoch = ? AND session IS NOT NULL",
               session, job.id, job.epoch));
  }
  return absl::OkStatus();
}

absl::StatusOr<Reconciliation> Reconcile(Database& db, std::vector<Job> const& held,
                                         std::vector<LeaseKey> const& named,
                                         std::string const& worker, absl::Duration grace,
                                         absl::Time now) {
  ASSIGN_OR_RETURN(std::vector<Job> const jobs, JobsNamed(db, named));
  return ReconcileLeases(LeasesToReconcile(held, jobs, named, worker), named, grace, now);
}

absl::StatusOr<std::vector<GrantedLease>> WithSpecs(Database& db, std::vector<Job> jobs) {
  std::vector<GrantedLease> leases;
  for (Job& job : jobs) {
    ASSIGN_OR_RETURN(std::string spec, FindSpec(db, job.id));
    leases.push_back({std::move(job), std::move(spec)});
  }
  return leases;
}

absl::StatusOr<std::vector<Job>> Replay(Database& db, AcquireRequest const& request) {
  static std::string const select =
      absl::StrCat(SelectJobsBy("jobs_active"), kIsActive,
                   " AND session = ? AND grant_request = ? AND state = 'leased' ORDER BY id");
  return ReadJobs(db.Query(select, request.session, request.request_id));
}

absl::StatusOr<GrantedLease> Grant(WriteContext& context, Job const& job, SessionRow const& session,
                                   std::string const& request_id) {
  ASSIGN_OR_RETURN(JobOrder order, FindOrder(context.db, job.id));
  ASSIGN_OR_RETURN(
      Job granted,
      MoveJob(context, job, job_event::Grant{session.session, session.worker, order.run_limit},
              request_id));
  return GrantedLease{std::move(granted), std::move(order.spec)};
}

absl::StatusOr<std::vector<GrantedLease>> GrantNew(WriteContext& context,
                                                   AcquireRequest const& request,
                                                   SessionRow const& session) {
  std::vector<GrantedLease> granted;
  while (static_cast<int>(granted.size()) < request.max_leases) {
    ASSIGN_OR_RETURN(std::optional<Job> const next,
                     context.queues.Next(context.db, session.capabilities));
    if (!next) break;
    ASSIGN_OR_RETURN(GrantedLease lease, Grant(context, *next, session, request.request_id));
    if (lease.job.state == JobState::kLeased) granted.push_back(std::move(lease));
  }
  return granted;
}

// Jobs whose backoff has passed since the last sweep are eligible too.
absl::StatusOr<std::vector<GrantedLease>> ReplayOrGrant(WriteContext& context,
                                                        AcquireRequest const& request,
                                                        SessionRow const& session) {
  ASSIGN_OR_RETURN(std::vector<Job> replayed, Replay(context.db, request));
  if (!replayed.empty()) return WithSpecs(context.db, std::move(replayed));
  if (session.draining || session.drained || session.paused) return std::vector<GrantedLease>();
  RETURN_IF_ERROR(PromoteWaiting(context));
  return GrantNew(context, request, session);
}

// Jobs need whole GiB, so nothing else can make a difference. One poll of the worker for each slot,
// and the one ahead of them. Should the transaction be undone, this is not said again: then they
// ask when their wait is over.
absl::Status TellRoom(WriteContext& context, SessionRow const& session,
                      std::optional<int64_t> free_before, std::optional<int64_t> free_now) {
  if (!free_before || !free_now || *free_now >> 30 <= *free_before >> 30) return absl::OkStatus();
  Capabilities before = session.capabilities;
  before.free_disk_bytes = free_before;
  Capabilities now = session.capabilities;
  now.free_disk_bytes = free_now;
  ASSIGN_OR_RETURN(bool const gained, context.queues.Gains(context.db, before, now));
  if (gained) context.eligible += session.slots + 1;
  return absl::OkStatus();
}

absl::Status Hear(WriteContext& context, HeartbeatRequest const& request,
                  SessionRow const& session) {
  std::optional<int64_t> const free_before = context.sessions.FreeDisk(request.session);
  context.sessions.Heard(request.session,
                         {context.now, request.free_slots, request.free_disk_bytes});
  return TellRoom(context, session, free_before, request.free_disk_bytes);
}

// Only asked for where the lease is not the job's present one.
absl::StatusOr<std::string> WorkerOfStale(Database& db, Job const& job, LeaseRef const& lease) {
  if (CheckLease(job, lease).ok()) return std::string();
  ASSIGN_OR_RETURN(std::optional<SessionRow> session, FindSession(db, lease.session));
  return session ? std::move(session->worker) : std::string();
}

}  // namespace

absl::StatusOr<OpenedSession> OpenSession(WriteContext& context, NewSession const& session) {
  RETURN_IF_ERROR(CheckNewSession(session));
  ASSIGN_OR_RETURN(std::optional<SessionRow> const last,
                   FindLastSession(context.db, session.worker));
  ASSIGN_OR_RETURN(std::vector<Job> const held, JobsHeldBy(context.db, last ? last->session : ""));
  ASSIGN_OR_RETURN(Reconciliation leases, Reconcile(context.db, held, session.held, session.worker,
                                                    absl::ZeroDuration(), context.now));
  RETURN_IF_ERROR(VoidSessionsOf(context.db, session.worker, context.now));
  RETURN_IF_ERROR(InsertSession(context.db, session, context.now));
  RETURN_IF_ERROR(
      ReleaseUnheard(context, leases.unheard, "its worker opened a new session without it"));
  RETURN_IF_ERROR(Rebind(context.db, held, session.session));
  if (last) context.sessions.Forget(last->session);
  context.sessions.Heard(session.session,
                         {context.now, session.slots, session.capabilities.free_disk_bytes});
  return OpenedSession{std::move(leases.verdicts)};
}

absl::StatusOr<HeartbeatAnswer> Heartbeat(WriteContext& context, HeartbeatRequest const& request) {
  ASSIGN_OR_RETURN(SessionRow const session, FindLiveSession(context.db, request.session));
  RETURN_IF_ERROR(Hear(context, request, session));
  if (request.draining && !session.draining)
    RETURN_IF_ERROR(DrainSession(context.db, request.session));
  ASSIGN_OR_RETURN(std::vector<Job> const held, JobsHeldBy(context.db, request.session));
  ASSIGN_OR_RETURN(Reconciliation leases, Reconcile(context.db, held, request.held, session.worker,
                                                    context.policy.unheard_grace, context.now));
  RETURN_IF_ERROR(ReleaseUnheard(context, leases.unheard, "its worker never heard of the lease"));
  return HeartbeatAnswer{std::move(leases.verdicts), session.drained};
}

absl::StatusOr<std::vector<GrantedLease>> AcquireLeases(WriteContext& context,
                                                        AcquireRequest const& request) {
  RETURN_IF_ERROR(CheckAcquire(request));
  ASSIGN_OR_RETURN(SessionRow session, FindLiveSession(context.db, request.session));
  session.capabilities.free_disk_bytes = context.sessions.FreeDisk(request.session);
  absl::StatusOr<std::vector<GrantedLease>> leases = ReplayOrGrant(context, request, session);
  // What was granted before the error is undone, so a line that looked empty may not be.
  if (!leases.ok()) context.queues.Distrust();
  return leases;
}

absl::StatusOr<Job> ApplyToLease(WriteContext& context, LeaseRef const& lease,
                                 JobEvent const& event) {
  RETURN_IF_ERROR(CheckEvent(event));
  absl::StatusOr<Job> const job = FindJob(context.db, lease.key.job);
  if (absl::IsNotFound(job.status())) return NoSuchLease(lease.key);
  RETURN_IF_ERROR(job.status());
  ASSIGN_OR_RETURN(std::string const worker, WorkerOfStale(context.db, *job, lease));
  ASSIGN_OR_RETURN(Job const moved,
                   ApplyWorkersEvent(*job, lease, worker, event, context.policy.attempts,
                                     context.now, context.random));
  if (moved.state != job->state) RETURN_IF_ERROR(SaveJob(context, *job, moved));
  return moved;
}

}  // namespace probefarm
