#include "tests/simulation/simulated_coordinator.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "coordinator/store/await.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

LeaseKey KeyOf(LeaseName const& name) { return {name.job, name.epoch}; }

std::vector<LeaseKey> KeysOf(std::vector<LeaseName> const& names) {
  std::vector<LeaseKey> keys;
  for (LeaseName const& name : names) keys.push_back(KeyOf(name));
  return keys;
}

std::vector<Verdict> VerdictsOf(std::vector<LeaseVerdict> const& verdicts) {
  std::vector<Verdict> answer;
  for (LeaseVerdict const verdict : verdicts) {
    answer.push_back(verdict == LeaseVerdict::kContinue ? Verdict::kContinue
                     : verdict == LeaseVerdict::kCancel ? Verdict::kCancel
                                                        : Verdict::kAbandon);
  }
  return answer;
}

UploadOrder OrderOf(UploadGrant const& grant) {
  return {grant.method, grant.url, grant.headers, grant.deadline};
}

// What repeats an accepted report is answered as that was, and changes nothing.
bool Changed(std::optional<Job> const& before, std::optional<Job> const& after) {
  return before->state != after->state || before->updated_at != after->updated_at;
}

// As the worker is told by either answer.
struct ToNextStep {
  NextStep operator()(UploadGrant const& grant) const { return SendIt{OrderOf(grant)}; }
  NextStep operator()(WaitUntil const& wait) const { return AskAgain{wait.not_before, wait.why}; }
  NextStep operator()(AlreadyPublished const& there) const {
    return DeleteIt{true, there.reason.text};
  }
  NextStep operator()(UploadDone const& done) const { return DeleteIt{true, done.reason.text}; }
  NextStep operator()(PublishConflict const& conflict) const {
    return DeleteIt{false, conflict.reason.text};
  }
};

}  // namespace

SimulatedCoordinator::SimulatedCoordinator(CrashingStore& store, FakeReleaseHost& host,
                                           Clock& clock, Metrics& metrics, Invariants& watch)
    : store_(store), host_(host), clock_(clock), metrics_(metrics), watch_(watch) {
  StartAgain();
}

void SimulatedCoordinator::StartAgain() {
  store_.StartAgain();
  publisher_ = std::make_unique<Publisher>(store_, host_, clock_, metrics_, [] {});
}

absl::StatusOr<Session> SimulatedCoordinator::OpenSession(WorkerDescription const& worker,
                                                          std::vector<LeaseName> const& held) {
  std::string const token = absl::StrCat(worker.id, "-", ++sessions_);
  NewSession session{token, worker.id, {}, worker.slots, KeysOf(held)};
  session.capabilities.arch = worker.arch;
  session.capabilities.memory_bytes_per_slot = worker.memory_bytes_per_slot;
  session.capabilities.free_disk_bytes = worker.free_disk_bytes;
  ASSIGN_OR_RETURN(OpenedSession const opened, Await<OpenedSession>([&](auto done) {
                     store_.OpenSession(session, std::move(done));
                   }));
  std::vector<LeaseKey> rebound;
  for (size_t i = 0; i < session.held.size(); ++i) {
    if (opened.verdicts.at(i) == LeaseVerdict::kContinue) rebound.push_back(session.held[i]);
  }
  watch_.Opened(worker.id, token, rebound);
  return Session{token, kTtl, VerdictsOf(opened.verdicts)};
}

absl::StatusOr<std::vector<Lease>> SimulatedCoordinator::Acquire(std::string const& session,
                                                                 std::string const& request_id) {
  AcquireRequest const request{session, request_id, 1};
  std::vector<Job> const before = store_.Jobs();
  ASSIGN_OR_RETURN(auto const granted, Await<std::vector<GrantedLease>>([&](auto done) {
                     store_.Acquire(request, std::move(done));
                   }));
  watch_.Granted(request, granted, before);
  std::vector<Lease> leases;
  for (GrantedLease const& lease : granted)
    leases.push_back({{lease.job.id, lease.job.epoch}, lease.spec, lease.job.run_deadline});
  return leases;
}

absl::StatusOr<HeartbeatReply> SimulatedCoordinator::Heartbeat(std::string const& session,
                                                               WorkerState const& state) {
  HeartbeatRequest request{session, {}, 0, state.draining, state.free_disk_bytes};
  for (HeldPhase const& lease : state.held) request.held.push_back(KeyOf(lease.name));
  ASSIGN_OR_RETURN(HeartbeatAnswer const answer, Await<HeartbeatAnswer>([&](auto done) {
                     store_.Heartbeat(request, std::move(done));
                   }));
  watch_.Beaten(session);
  if (state.draining) watch_.Drained(session);
  return HeartbeatReply{VerdictsOf(answer.verdicts)};
}

absl::StatusOr<int64_t> SimulatedCoordinator::AppendLog(std::string const& session, LeaseName lease,
                                                        int64_t offset, std::string const& bytes) {
  LeaseRef const ref{KeyOf(lease), session};
  ASSIGN_OR_RETURN(int64_t const length, Await<int64_t>([&](auto done) {
                     store_.AppendLog(ref, offset, bytes, std::move(done));
                   }));
  watch_.Accepted(ref, "a log");
  return length;
}

absl::StatusOr<NextStep> SimulatedCoordinator::ReportArtifact(std::string const& session,
                                                              LeaseName lease,
                                                              Artifact const& artifact) {
  LeaseRef const ref{KeyOf(lease), session};
  std::optional<Job> const before = store_.Find(lease.job);
  ASSIGN_OR_RETURN(OfferAnswer const answer, publisher_->Offer(ref, artifact));
  if (!up()) return absl::UnavailableError("the coordinator went down");
  if (Changed(before, store_.Find(lease.job))) watch_.Accepted(ref, "an artifact");
  watch_.Reported(ref, artifact);
  return std::visit(ToNextStep(), answer);
}

absl::StatusOr<NextStep> SimulatedCoordinator::ReportUpload(std::string const& session,
                                                            LeaseName lease,
                                                            UploadReport const& report) {
  ASSIGN_OR_RETURN(UploadReportAnswer const answer,
                   publisher_->Report({KeyOf(lease), session}, report));
  if (!up()) return absl::UnavailableError("the coordinator went down");
  return std::visit(ToNextStep(), answer);
}

absl::Status SimulatedCoordinator::End(std::string const& session, LeaseName lease,
                                       JobEvent const& event) {
  LeaseRef const ref{KeyOf(lease), session};
  std::optional<Job> const before = store_.Find(lease.job);
  RETURN_IF_ERROR(
      Await<Job>([&](auto done) { store_.ApplyToLease(ref, event, std::move(done)); }).status());
  if (Changed(before, store_.Find(lease.job))) watch_.Accepted(ref, EventName(event));
  watch_.Ended(ref);
  return absl::OkStatus();
}

absl::StatusOr<JobId> SimulatedCoordinator::Enqueue(NewJob const& job,
                                                    std::string const& idempotency_key) {
  ASSIGN_OR_RETURN(auto const answers,
                   Await<std::vector<absl::StatusOr<EnqueuedJob>>>([&](auto done) {
                     store_.Enqueue({{job}, idempotency_key, std::nullopt}, std::move(done));
                   }));
  RETURN_IF_ERROR(answers.at(0).status());
  JobId const id = answers[0]->id;
  if (enqueued_.emplace(idempotency_key, id).first->second != id)
    watch_.Break(absl::StrCat("R: enqueueing by key ", idempotency_key, " was answered anew"));
  watch_.Enqueued(id);
  return id;
}

absl::Status SimulatedCoordinator::Cancel(JobId job) {
  RETURN_IF_ERROR(Await<Job>([&](auto done) {
                    store_.ApplyToJob(job, std::nullopt, job_event::Cancel{}, std::move(done));
                  }).status());
  watch_.Cancelled(job);
  return absl::OkStatus();
}

absl::Status SimulatedCoordinator::Retry(JobId job) {
  absl::Status const retried =
      Await<Job>([&](auto done) {
        store_.ApplyToJob(job, std::nullopt, job_event::Retry{}, std::move(done));
      }).status();
  // One that went down may have done it.
  if (retried.ok() || absl::IsUnavailable(retried)) watch_.Retried(job);
  return retried;
}

void SimulatedCoordinator::Sweep() {
  auto const expired = Await<std::vector<ExpiredLease>>(
      [&](auto done) { store_.ExpireSessions(kTtl, std::move(done)); });
  if (expired.ok()) watch_.Expired(*expired);
}

}  // namespace probefarm
