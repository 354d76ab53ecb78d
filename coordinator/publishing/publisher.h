#pragma once

#include <functional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "coordinator/releases/release_host.h"
#include "coordinator/store/store.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// The same bytes are at the release host already: the worker may delete its file.
struct AlreadyPublished {
  Reason reason;
};
// Other bytes stand under the probe's name, and stay: the job has FAILED.
struct PublishConflict {
  Reason reason;
};
// The upload arrived; the coordinator looks after the rest.
struct UploadDone {
  Reason reason;
};

using OfferAnswer = std::variant<UploadGrant, WaitUntil, AlreadyPublished, PublishConflict>;
using UploadReportAnswer = std::variant<UploadDone, UploadGrant, WaitUntil, PublishConflict>;

// The way from a reported digest to a published probe. The order is what makes it safe: the digest
// is recorded before a grant exists, the job leaves its lease before the asset is looked at, and
// the catalog's row is written only when the release host's own digest and size equal the recorded
// ones. Every step can be repeated.
//
// Calls block (store and release host): run them on an executor, never in a reactor. Thread-safe.
class Publisher {
 public:
  // `on_published` runs after each probe that reached the catalog: side files are stale now.
  Publisher(Store& store, ReleaseHost& host, Clock& clock, Metrics& metrics,
            std::function<void()> on_published);

  // Records the artifact, then asks the host for a grant. An error of the host's is a WaitUntil.
  // ABORTED for a stale lease.
  absl::StatusOr<OfferAnswer> Offer(LeaseRef const& lease, Artifact const& artifact);

  // What the worker saw of the host's answer to its grant. ABORTED for a stale lease.
  absl::StatusOr<UploadReportAnswer> Report(LeaseRef const& lease, UploadReport const& report);

  // Looks at the asset of one VERIFYING job and publishes, requeues or fails it. An error leaves it
  // VERIFYING.
  absl::Status Verify(JobId id);

  // Verifies every VERIFYING job: what a crash or an unreachable host left behind.
  void RunOnce();

 private:
  absl::StatusOr<OfferAnswer> AskHost(LeaseRef const& lease, Job const& job);
  absl::StatusOr<OfferAnswer> SettleWithPresent(LeaseRef const& lease, Job const& job);
  WaitUntil HostTrouble(Job const& job, absl::Status const& status);
  absl::StatusOr<UploadReportAnswer> SettleArrived(LeaseRef const& lease);
  absl::StatusOr<UploadReportAnswer> GrantAgain(LeaseRef const& lease, Job const& job,
                                                std::string const& why);
  absl::StatusOr<Reason> FailOnConflict(Job const& job, std::string const& why);
  absl::Status Publish(Job const& job, HostedAsset const& asset);

  Store& store_;
  ReleaseHost& host_;
  Clock& clock_;
  Metrics& metrics_;
  std::function<void()> const on_published_;
};

}  // namespace probefarm
