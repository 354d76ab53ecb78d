#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "coordinator/releases/release_host.h"
#include "coordinator/store/store.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// The same bytes are at the release host already: the worker may delete its file. Or the
// coordinator looks after the job already: this is a repeated report.
struct AlreadyPublished {
  Reason reason;
};
// Other bytes stand under the probe's name, and stay, or the bytes or inputs were withdrawn: the
// job has FAILED. The reason's code is "conflict", or "withdrawn".
struct PublishConflict {
  Reason reason;
};
// The upload arrived; the coordinator looks after the rest.
struct UploadDone {
  Reason reason;
};

// What a worker is told. UploadGrant: send the file so. WaitUntil: keep the file and report again
// then; the lease goes on.
using OfferAnswer = std::variant<UploadGrant, WaitUntil, AlreadyPublished, PublishConflict>;
using UploadReportAnswer = std::variant<UploadDone, UploadGrant, WaitUntil, PublishConflict>;

// The way from a reported digest to a published probe. The order is what makes it safe: the digest
// is recorded before a grant exists, the job leaves its lease before the asset is looked at, and
// the catalog's row is written only when the release host's own digest and size equal the recorded
// ones. Every step can be repeated.
//
// Calls block (store and release host): run them on an executor, never in a reactor. Thread-safe.
//
//   ReportArtifact ─► Offer() ── grant ──► the worker uploads ──► ReportUpload ─► Report()
//                       │ WaitUntil: later        retry: another grant ◄──────────┤
//                       ▼ the bytes are there                                     ▼ arrived
//                    published ◄──────────── Verify(), RunOnce() ◄─────────── VERIFYING
//
// This keeps I1 for digests, I8 (nothing can cancel a job from its grant on) and I10. Trouble at
// the host costs no attempt and rebuilds nothing: the artifact waits at its worker.
class Publisher {
 public:
  // `on_published` runs after each probe that reached the catalog: side files are stale now. It
  // must not block, and may be called on any thread that calls the publisher. The other
  // collaborators must outlive it.
  Publisher(Store& store, ReleaseHost& host, Clock& clock, Metrics& metrics,
            std::function<void()> on_published);

  // Records the artifact, then asks the host for a grant. An error of the host's is a WaitUntil.
  // ABORTED for a stale lease. Called again, with the same artifact, whenever a WaitUntil is over.
  // FAILED_PRECONDITION when this epoch has reported another digest; other errors are the store's.
  absl::StatusOr<OfferAnswer> Offer(LeaseRef const& lease, Artifact const& artifact);

  // What the worker saw of the host's answer to its grant. ABORTED for a stale lease. The host says
  // what the answer means (ReleaseHost::InterpretUpload). One that arrived is verified at once;
  // when that fails the worker is done nevertheless, and RunOnce() goes on with it. NOT_FOUND for
  // an unknown job.
  absl::StatusOr<UploadReportAnswer> Report(LeaseRef const& lease, UploadReport const& report);

  // Looks at the asset of one VERIFYING job and publishes, requeues or fails it. An error leaves it
  // VERIFYING. NOT_FOUND for an unknown job; OK, and nothing done, for one that is not VERIFYING.
  // An asset that the host does not hold (NOT_FOUND there) is what requeues; any other error of the
  // host's decides nothing.
  absl::Status Verify(JobId id);

  // Verifies every VERIFYING job: what a crash or an unreachable host left behind. A job whose
  // verification fails is logged and harms no other. Call every few seconds.
  void RunOnce();

 private:
  // A grant goes out only when the store has recorded UPLOADING.
  absl::StatusOr<OfferAnswer> AskHost(LeaseRef const& lease, Job const& job);
  std::optional<WaitUntil> WaitForRemoval(ProbeKnowledge const& known) const;
  absl::StatusOr<bool> WasWithdrawn(Job const& job, HostedAsset const& asset);
  absl::StatusOr<OfferAnswer> SettleWithPresent(LeaseRef const& lease, Job const& job);
  WaitUntil HostTrouble(Job const& job, absl::Status const& status);
  absl::StatusOr<UploadReportAnswer> SettleArrived(LeaseRef const& lease);
  absl::StatusOr<UploadReportAnswer> GrantAgain(LeaseRef const& lease, Job const& job,
                                                std::string const& why);
  // By 0 from the start, so that the first one is an increase too.
  void CountPublished(int by);
  void CountConflicts(int by);
  // Counts probefarm_conflicts_total and fails the job.
  absl::StatusOr<Reason> FailOnConflict(Job const& job, std::string const& why);
  // Logs, and moves the job to FAILED.
  absl::StatusOr<Reason> Fail(Job const& job, Reason reason);
  // The catalog's row, probefarm_published_total and `on_published`. Fails the job when the catalog
  // has another row under its name.
  absl::Status Publish(Job const& job, HostedAsset const& asset);

  Store& store_;
  ReleaseHost& host_;
  Clock& clock_;
  Metrics& metrics_;
  std::function<void()> const on_published_;
};

}  // namespace probefarm
