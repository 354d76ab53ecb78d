#include "coordinator/store/lease_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kMaxIdBytes = 200;

absl::Status CheckId(absl::string_view what, absl::string_view id) {
  bool const control =
      std::any_of(id.begin(), id.end(), [](char c) { return absl::ascii_iscntrl(c); });
  if (!id.empty() && id.size() <= kMaxIdBytes && !control) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(what, " must have 1 to ", kMaxIdBytes, " bytes and no control characters"));
}

}  // namespace

absl::Status ReopenSession(absl::string_view session) {
  return absl::AbortedError(
      absl::StrCat("reopen: session ", session, " is unknown or has expired"));
}

absl::Status VoidSession(absl::string_view worker) {
  return absl::AbortedError(
      absl::StrCat("void: another worker uses this id, or opened it again: ", worker));
}

absl::Status NoSuchWorker(absl::string_view worker) {
  return absl::NotFoundError(
      absl::StrCat("there is no worker ", worker, ": see the list of workers"));
}

absl::Status CheckNewSession(NewSession const& session) {
  RETURN_IF_ERROR(CheckId("a session", session.session));
  RETURN_IF_ERROR(CheckId("a worker id", session.worker));
  if (session.slots < 0) return absl::InvalidArgumentError("slots must not be negative");
  return absl::OkStatus();
}

absl::Status CheckAcquire(AcquireRequest const& request) {
  RETURN_IF_ERROR(CheckId("a request id", request.request_id));
  if (request.max_leases < 0) return absl::InvalidArgumentError("max_leases must not be negative");
  return absl::OkStatus();
}

absl::Status NoSuchLease(LeaseKey const& key) {
  return absl::AbortedError(
      absl::StrCat("the lease of job ", key.job, " epoch ", key.epoch, " is not yours any more"));
}

absl::Status CheckLease(Job const& job, LeaseRef const& lease) {
#ifdef PROBEFARM_WITHOUT_EPOCHS  // tests/simulation sees that this is missed
  bool const same_epoch = true;
#else
  bool const same_epoch = job.epoch == lease.key.epoch;
#endif
  bool const present =
      IsHeld(job.state) && job.id == lease.key.job && same_epoch && job.session == lease.session;
  return present ? absl::OkStatus() : NoSuchLease(lease.key);
}

absl::Status CheckEpoch(Job const& job, std::optional<int64_t> if_epoch) {
  if (!if_epoch || *if_epoch == job.epoch) return absl::OkStatus();
  return absl::AbortedError(
      absl::StrCat("job ", job.id, " is in epoch ", job.epoch, ", not ", *if_epoch));
}

absl::Status CheckEvent(JobEvent const& event) {
  if (std::holds_alternative<job_event::Grant>(event) ||
      std::holds_alternative<job_event::Verified>(event)) {
    return absl::InvalidArgumentError(
        absl::StrCat(EventName(event), ": this event has a call of its own"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Job> ApplyWorkersEvent(Job const& job, LeaseRef const& lease,
                                      std::string const& worker, JobEvent const& event,
                                      AttemptPolicy const& policy, absl::Time now,
                                      absl::BitGenRef random) {
  absl::Status const present = CheckLease(job, lease);
  if (present.ok()) return Transition(job, event, policy, now, random);
  bool const was_last = job.id == lease.key.job && job.epoch == lease.key.epoch &&
                        !worker.empty() && job.worker == worker;
  if (was_last && !IsHeld(job.state) && RepeatsAcceptedReport(job, event)) return job;
  return present;
}

std::vector<HeldLease> LeasesToReconcile(std::vector<Job> const& held,
                                         std::vector<Job> const& named_jobs,
                                         std::vector<LeaseKey> const& named,
                                         std::string const& worker) {
  std::vector<HeldLease> leases;
  leases.reserve(held.size());
  for (Job const& job : held) leases.push_back({{job.id, job.epoch}, job.updated_at});
  for (Job const& job : named_jobs) {
    LeaseKey const key{job.id, job.epoch};
    bool const is_named = std::find(named.begin(), named.end(), key) != named.end();
    if (is_named && job.state == JobState::kCancelled && job.worker == worker) {
      leases.push_back({key, job.updated_at, /*cancelled=*/true});
    }
  }
  return leases;
}

}  // namespace probefarm
