#pragma once

#include <string>
#include <variant>

#include "absl/random/bit_gen_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "coordinator/scheduling/job.h"
#include "lib/runtime/backoff.h"

namespace probefarm {

//   QUEUED(not_before) ─► LEASED(epoch) ─► BUILT ─► UPLOADING ─► VERIFYING ─► PUBLISHED
//         ▲                   │              │                       │
//         └── expired, released, transient failure ── asset missing ─┘
//              (backoff; attempts counted)
//
//   FAILED     these inputs cannot build (permanent)
//   DEAD       the limit of attempts, or the poison limit, is reached
//   CANCELLED  from QUEUED, LEASED, BUILT
//   SKIPPED    published meanwhile, or not applicable
//
// Once a grant is out the file may be at the release host, whatever became of the worker. So a
// lease that ends in UPLOADING, by whichever event, leads to VERIFYING and never straight back to
// the queue: the release is read first.

// Every move there is; what is not listed is refused.
//
//   grant              QUEUED                            ─► LEASED
//   report_artifact    LEASED                            ─► BUILT
//   grant_upload       BUILT                             ─► UPLOADING
//   upload_arrived     UPLOADING                         ─► VERIFYING
//   verified           VERIFYING                         ─► PUBLISHED
//   expire, release,   LEASED, BUILT                     ─► QUEUED, or DEAD at a limit
//   transient_failure  UPLOADING                         ─► VERIFYING
//   asset_missing      VERIFYING                         ─► QUEUED, or DEAD at a limit
//   permanent_failure  LEASED                            ─► FAILED
//   conflict           BUILT, UPLOADING, VERIFYING       ─► FAILED
//   skip               QUEUED, LEASED, BUILT, VERIFYING  ─► SKIPPED
//   cancel             QUEUED, LEASED, BUILT             ─► CANCELLED
//   retry              any final one but PUBLISHED       ─► QUEUED
//
// What happens to a job. Each says who may send it; the caller has already checked the worker's
// session and epoch.
namespace job_event {

// The dispatcher gives the job to a worker. Begins a run and a new epoch. One that finds the
// attempts used up, because the limit was lowered meanwhile, ends the job in DEAD.
struct Grant {
  // Who may write from now on, with the new epoch.
  std::string session;
  // Its id, which outlives the session.
  std::string worker;
  absl::Duration run_limit;  // from the spec, with room for fetching inputs
};
// The coordinator: the worker's session has ended. `crowd`: many workers were lost at once, which
// poisons nothing. `overdue`: the session lives, but the run is beyond its limit; the worker is not
// lost, so that poisons nothing either.
struct Expire {
  bool crowd = false;
  bool overdue = false;
};
// The worker gives the lease back unharmed: draining, or no room for it.
struct Release {
  Reason reason;
};
// The worker: the run failed for a reason that may pass (network, engine, disk). Counts as an
// attempt.
struct TransientFailure {
  Reason reason;
};
// The worker: these inputs cannot build. Only while LEASED: what has been built can be built.
struct PermanentFailure {
  Reason reason;
};
// The worker: the digest, before any upload. The same digest again is OK and changes nothing.
// Another one is refused: an epoch has one digest.
struct ReportArtifact {
  Artifact artifact;
};
// The coordinator gave an upload grant. Again while UPLOADING is OK.
struct GrantUpload {};
// The release host says the upload arrived. The host may have answered that the same bytes were
// there.
struct UploadArrived {};
// The asset at the release host equals what was reported.
struct Verified {};
// The release host does not hold the asset after all: the artifact is gone with the worker, so it
// is built again. Trouble at the release host does not consume attempts.
struct AssetMissing {};
// The release host, or the catalog, holds another digest under this name. Other bytes are never
// replaced (I10), so this job has FAILED.
struct Conflict {
  Reason reason;
};
// The probe was published by someone else, or does not apply. Not while UPLOADING.
struct Skip {
  Reason reason;
};
// A client. Not from UPLOADING on: the file may be public already, and a cancelled job must never
// be (I8).
struct Cancel {};
// A client: from FAILED, DEAD, CANCELLED or SKIPPED back to QUEUED with fresh counters. The epoch
// stays, so that leases of the earlier life remain stale. The caller sees to it that no other job
// of the probe is unfinished (I7).
struct Retry {};

}  // namespace job_event

// A Transition() has an overload for each: a new event does not compile until its moves are
// decided.
using JobEvent =
    std::variant<job_event::Grant, job_event::Expire, job_event::Release,
                 job_event::TransientFailure, job_event::PermanentFailure,
                 job_event::ReportArtifact, job_event::GrantUpload, job_event::UploadArrived,
                 job_event::Verified, job_event::AssetMissing, job_event::Conflict, job_event::Skip,
                 job_event::Cancel, job_event::Retry>;

// Limits of the attempt accounting.
struct AttemptPolicy {
  // Runs that count, of one life of the job. At least 1.
  int max_attempts = 5;
  // Returns to the queue that do not count; bounds a worker that takes jobs and gives them back.
  int max_free_requeues = 50;
  int poison_losses = 3;   // lost this often while building: DEAD
  int poison_workers = 2;  // lost on this many distinct workers while building: DEAD
  // Between two runs, by the count that the last one added to.
  Backoff backoff;
  friend bool operator==(AttemptPolicy const&, AttemptPolicy const&) = default;
};

// The job after `event`, or FAILED_PRECONDITION naming the event and the state when that move does
// not exist ("uploading" when a Cancel comes too late). The only place that changes a job's state.
// Pure; `random` decides the jitter of the backoff.
//
// The epoch grows by one at each Grant and never otherwise. A run is counted as an attempt when it
// is granted; what ends it through no fault of the job (a release, a worker lost after it had
// built, an asset that is missing) takes that back and counts a free requeue instead. Neither count
// exceeds its limit: the run that would need one more ends in DEAD instead, with the code of its
// last reason, or "poison". A lease that leaves the worker clears session and run_deadline.
//
// `job` is taken by value and comes back changed; when the move is refused the caller's own copy is
// what still holds. A report that repeats what is recorded (ReportArtifact, GrantUpload) answers
// the job as it was, `updated_at` included. Any number of threads may call this with a `random`
// each.
absl::StatusOr<Job> Transition(Job job, JobEvent const& event, AttemptPolicy const& policy,
                               absl::Time now, absl::BitGenRef random);

// Whether `event`, a report of the worker whose lease of the present epoch was the last, is the one
// that was accepted, sent once more because its answer was lost. Pure. A release or transient
// failure is told by its reason's code alone, a permanent failure or conflict by the state, an
// artifact by its digest and size.
bool RepeatsAcceptedReport(Job const& job, JobEvent const& event);

// "grant", "expire", …: for messages and metrics.
absl::string_view EventName(JobEvent const& event);

}  // namespace probefarm
