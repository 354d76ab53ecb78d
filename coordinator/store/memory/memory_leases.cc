#include <algorithm>

#include "absl/strings/str_cat.h"
#include "coordinator/scheduling/job_eligibility.h"
#include "coordinator/scheduling/worker_loss.h"
#include "coordinator/store/lease_rules.h"
#include "coordinator/store/log_rules.h"
#include "coordinator/store/memory/memory_tables.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

absl::StatusOr<MemoryTables::SessionEntry*> MemoryTables::LiveSession(std::string const& session) {
  auto const found = sessions_.find(session);
  if (found == sessions_.end()) return ReopenSession(session);
  if (found->second.is_void) return VoidSession(found->second.opened.worker);
  if (found->second.ended) return ReopenSession(session);
  return &found->second;
}

MemoryTables::SessionEntry const* MemoryTables::LatestSession(std::string const& worker) const {
  SessionEntry const* latest = nullptr;
  for (auto const& [name, entry] : sessions_) {
    if (entry.opened.worker != worker) continue;
    if (latest == nullptr || entry.number > latest->number) latest = &entry;
  }
  return latest;
}

std::vector<Job> MemoryTables::HeldBy(std::string const& session) const {
  std::vector<Job> held;
  for (auto const& [id, entry] : jobs_) {
    if (entry.job.session == session) held.push_back(entry.job);
  }
  return held;
}

std::vector<Job> MemoryTables::Named(std::vector<LeaseKey> const& keys) const {
  std::vector<Job> named;
  for (LeaseKey const& key : keys) {
    if (auto const found = jobs_.find(key.job); found != jobs_.end()) {
      named.push_back(found->second.job);
    }
  }
  return named;
}

void MemoryTables::ReleaseUnheard(std::vector<LeaseKey> const& keys, std::string const& text,
                                  absl::Time now) {
  for (LeaseKey const& key : keys) {
    absl::StatusOr<Job> const released =
        Move(jobs_.at(key.job), job_event::Release{{"unheard", text}}, now);
    released.IgnoreError();  // a held lease can always be released
  }
}

absl::StatusOr<OpenedSession> MemoryTables::OpenSession(NewSession const& session, absl::Time now) {
  RETURN_IF_ERROR(CheckNewSession(session));
  if (sessions_.contains(session.session)) {
    return absl::AlreadyExistsError(absl::StrCat("session ", session.session, " is open already"));
  }
  std::vector<Job> held;
  if (SessionEntry const* earlier = LatestSession(session.worker)) {
    held = HeldBy(earlier->opened.session);
  }
  Reconciliation const leases =
      ReconcileLeases(LeasesToReconcile(held, Named(session.held), session.held, session.worker),
                      session.held, absl::ZeroDuration(), now);
  for (auto& [name, entry] : sessions_) {
    if (entry.opened.worker == session.worker) entry.is_void = true;
  }
  ReleaseUnheard(leases.unheard, "its worker opened a new session without it", now);
  for (Job const& job : held) {
    Job& kept = jobs_.at(job.id).job;
    if (!kept.session.empty()) kept.session = session.session;
  }
  auto const number = static_cast<int64_t>(sessions_.size());
  sessions_[session.session] = {
      .opened = session, .number = number, .last_heard = now, .free_slots = session.slots};
  return OpenedSession{leases.verdicts};
}

std::vector<GrantedLease> MemoryTables::Replay(AcquireRequest const& request) const {
  std::vector<GrantedLease> leases;
  for (auto const& [id, entry] : jobs_) {
    if (entry.job.state == JobState::kLeased && entry.job.session == request.session &&
        entry.grant_request == request.request_id) {
      leases.push_back({entry.job, entry.spec});
    }
  }
  return leases;
}

MemoryTables::JobEntry* MemoryTables::NextGrantable(Capabilities const& capabilities,
                                                    absl::Time now) {
  std::map<LaneQueue, JobEntry*> heads;
  for (auto& [id, entry] : jobs_) {
    if (!IsGrantable(entry.job, capabilities, now)) continue;
    if (Holds(held_back_, entry.job.probe.driver_version, entry.job.requirements.arch)) continue;
    heads.try_emplace({entry.job.lane, entry.job.probe.driver_version}, &entry);
  }
  std::vector<LaneQueue> waiting;
  waiting.reserve(heads.size());
  for (auto const& [queue, head] : heads) waiting.push_back(queue);
  std::optional<LaneQueue> const next = order_.Next(waiting);
  return next ? heads.at(*next) : nullptr;
}

absl::StatusOr<std::vector<GrantedLease>> MemoryTables::Acquire(AcquireRequest const& request,
                                                                absl::Time now) {
  RETURN_IF_ERROR(CheckAcquire(request));
  ASSIGN_OR_RETURN(SessionEntry const* session, LiveSession(request.session));
  std::vector<GrantedLease> leases;
#ifndef PROBEFARM_WITHOUT_REPLAY  // tests/simulation sees that this is missed
  leases = Replay(request);
#endif
  if (!leases.empty() || session->draining || IsHeldBack(*session)) return leases;
  while (static_cast<int>(leases.size()) < request.max_leases) {
    JobEntry* entry = NextGrantable(session->opened.capabilities, now);
    if (entry == nullptr) break;
    job_event::Grant const grant{request.session, session->opened.worker, entry->run_limit};
    ASSIGN_OR_RETURN(Job const job, Move(*entry, grant, now));
    entry->grant_request = request.request_id;
    if (job.state == JobState::kLeased) leases.push_back({job, entry->spec});
  }
  return leases;
}

void MemoryTables::TellRoom(SessionEntry& session, int64_t free_disk_bytes, absl::Time now) {
  Capabilities const before = session.opened.capabilities;
  session.opened.capabilities.free_disk_bytes = free_disk_bytes;
  for (auto const& [id, entry] : jobs_) {
    if (IsGrantable(entry.job, session.opened.capabilities, now) &&
        !IsGrantable(entry.job, before, now))
      ++eligible_;
  }
}

absl::StatusOr<HeartbeatAnswer> MemoryTables::Heartbeat(HeartbeatRequest const& request,
                                                        absl::Time now) {
  ASSIGN_OR_RETURN(SessionEntry * session, LiveSession(request.session));
  session->last_heard = now;
  session->draining = session->draining || request.draining;
  session->free_slots = request.free_slots;
  if (request.free_disk_bytes) TellRoom(*session, *request.free_disk_bytes, now);
  Reconciliation leases =
      ReconcileLeases(LeasesToReconcile(HeldBy(request.session), Named(request.held), request.held,
                                        session->opened.worker),
                      request.held, policy_.unheard_grace, now);
  ReleaseUnheard(leases.unheard, "its worker never heard of the lease", now);
  return HeartbeatAnswer{std::move(leases.verdicts), drained_.contains(session->opened.worker)};
}

absl::StatusOr<Job> MemoryTables::ApplyToLease(LeaseRef const& lease, JobEvent const& event,
                                               absl::Time now) {
  RETURN_IF_ERROR(CheckEvent(event));
  auto const found = jobs_.find(lease.key.job);
  if (found == jobs_.end()) return NoSuchLease(lease.key);
  auto const session = sessions_.find(lease.session);
  std::string const worker = session == sessions_.end() ? "" : session->second.opened.worker;
  Job& job = found->second.job;
  ASSIGN_OR_RETURN(Job moved,
                   ApplyWorkersEvent(job, lease, worker, event, policy_.attempts, now, random_));
  if (moved.state != job.state) Saved(moved, now);
  job = std::move(moved);
  return job;
}

absl::StatusOr<int64_t> MemoryTables::AppendLog(LeaseRef const& lease, int64_t offset,
                                                std::string const& bytes) {
  auto const found = jobs_.find(lease.key.job);
  if (found == jobs_.end()) return NoSuchLease(lease.key);
  RETURN_IF_ERROR(CheckLease(found->second.job, lease));
  std::string& log = logs_[{lease.key.job, lease.key.epoch}];
  ASSIGN_OR_RETURN(LogAppend const append, PlanLogAppend(static_cast<int64_t>(log.size()), offset,
                                                         bytes, policy_.max_log_bytes));
  log += append.bytes;
  return append.acknowledged;
}

std::vector<absl::Time> MemoryTables::HeardTimes() const {
  std::vector<absl::Time> times;
  for (auto const& [name, entry] : sessions_) {
    if (!entry.is_void) times.push_back(entry.last_heard);
  }
  return times;
}

ExpiredLease MemoryTables::Expire(Job const& job, job_event::Expire event, absl::Time now) {
  absl::StatusOr<Job> const moved = Move(jobs_.at(job.id), event, now);
  return {{job.id, job.epoch}, job.worker, moved.value_or(job)};
}

std::vector<ExpiredLease> MemoryTables::ExpireSessions(absl::Duration ttl, absl::Time now) {
  std::vector<ExpiredLease> expired;
  bool const crowd = IsCrowd(HeardTimes(), ttl, now);
  for (auto& [name, session] : sessions_) {
    if (session.ended || session.is_void || now - session.last_heard < ttl) continue;
    session.ended = true;
    for (Job const& job : HeldBy(name)) expired.push_back(Expire(job, {.crowd = crowd}, now));
  }
  for (auto const& [id, entry] : std::map<JobId, JobEntry>(jobs_)) {
    if (entry.job.state != JobState::kLeased || entry.job.run_deadline > now) continue;
    expired.push_back(Expire(entry.job, {.overdue = true}, now));
  }
  PromoteWaiting(now);
  return expired;
}

bool MemoryTables::IsHeldBack(SessionEntry const& session) const {
  return paused_ || drained_.contains(session.opened.worker);
}

void MemoryTables::TellAllEligible(absl::Time now) {
  for (auto const& [id, entry] : jobs_)
    if (entry.job.state == JobState::kQueued && entry.job.not_before <= now) ++eligible_;
}

void MemoryTables::HoldBack(HeldBack held_back, absl::Time now) {
  held_back_ = std::move(held_back);
  TellAllEligible(now);
}

void MemoryTables::SetPaused(bool paused, absl::Time now) {
  paused_ = paused;
  if (!paused) TellAllEligible(now);
}

absl::Status MemoryTables::SetDrained(std::string const& worker, bool drained, absl::Time now) {
  if (LatestSession(worker) == nullptr) return NoSuchWorker(worker);
  if (drained) {
    drained_.insert(worker);
  } else {
    drained_.erase(worker);
    TellAllEligible(now);
  }
  return absl::OkStatus();
}

Controls MemoryTables::GetControls() const { return {paused_, {drained_.begin(), drained_.end()}}; }

void MemoryTables::PromoteWaiting(absl::Time now) {
  for (auto id = waiting_.begin(); id != waiting_.end();) {
    Job const& job = jobs_.at(*id).job;
    bool const over = job.state != JobState::kQueued || job.not_before <= now;
    if (job.state == JobState::kQueued && over) ++eligible_;
    id = over ? waiting_.erase(id) : std::next(id);
  }
}

std::vector<WorkerRecord> MemoryTables::ListWorkers() const {
  std::vector<WorkerRecord> workers;
  for (auto const& [name, entry] : sessions_) {
    if (LatestSession(entry.opened.worker) != &entry) continue;
    workers.push_back({entry.opened.worker, name, entry.opened.capabilities, entry.opened.slots,
                       entry.free_slots, entry.last_heard, !entry.ended, HeldBy(name)});
  }
  std::sort(workers.begin(), workers.end(),
            [](auto const& a, auto const& b) { return a.worker < b.worker; });
  return workers;
}

void MemoryTables::Restart(absl::Time now) {
  for (auto& [name, entry] : sessions_) {
    entry.last_heard = now;
    entry.opened.capabilities.free_disk_bytes.reset();
  }
}

}  // namespace probefarm
