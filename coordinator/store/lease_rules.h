#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/random/bit_gen_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "coordinator/scheduling/job_transition.h"
#include "coordinator/store/records.h"

namespace probefarm {

// The rules about sessions and leases that every store keeps, as pure functions of the rows it has
// read.

// ABORTED "reopen": the store does not know the session, or it has expired. The two answers differ
// in what the worker does: it opens a new session, or it stops, since somebody else uses its id.
// Clients tell them by the first word.
absl::Status ReopenSession(absl::string_view session);
// ABORTED "void": a later session of the same worker replaced it.
absl::Status VoidSession(absl::string_view worker);

// NOT_FOUND: no session of such a worker is remembered.
absl::Status NoSuchWorker(absl::string_view worker);

// INVALID_ARGUMENT when the ids are empty, longer than 200 bytes, or hold control characters, or
// `slots` is negative.
absl::Status CheckNewSession(NewSession const& session);
// The same for the request id and `max_leases`.
absl::Status CheckAcquire(AcquireRequest const& request);

// ABORTED unless (job, epoch, session) is the job's present lease (I4).
absl::Status CheckLease(Job const& job, LeaseRef const& lease);
// ABORTED as CheckLease() says it, for a job that does not exist.
absl::Status NoSuchLease(LeaseKey const& key);

// ABORTED when `if_epoch` is given and is not the job's.
absl::Status CheckEpoch(Job const& job, std::optional<int64_t> if_epoch);

// INVALID_ARGUMENT for the events that have a call of their own: Grant (Acquire), Verified
// (Publish).
absl::Status CheckEvent(JobEvent const& event);

// The job after `event` of the worker that holds, or claims to hold, `lease`. `worker` is the
// worker of the lease's session; empty when that session is unknown. A report that was accepted
// already is OK and changes nothing: the caller sees that by updated_at and state. ABORTED for any
// other stale lease. Pure, and FAILED_PRECONDITION as Transition() is. The job that comes back is
// to be saved only if its state changed.
absl::StatusOr<Job> ApplyWorkersEvent(Job const& job, LeaseRef const& lease,
                                      std::string const& worker, JobEvent const& event,
                                      AttemptPolicy const& policy, absl::Time now,
                                      absl::BitGenRef random);

// The leases of a session for ReconcileLeases(): those it holds, and of `named` those whose job was
// cancelled under `worker`. `named_jobs` are the jobs that `named` refers to, as far as they exist,
// whatever their epoch.
std::vector<HeldLease> LeasesToReconcile(std::vector<Job> const& held,
                                         std::vector<Job> const& named_jobs,
                                         std::vector<LeaseKey> const& named,
                                         std::string const& worker);

}  // namespace probefarm
