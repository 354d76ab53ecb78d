#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/releases/log_bundle_policy.h"
#include "coordinator/releases/release_host.h"
#include "coordinator/store/store.h"
#include "lib/index/log_bundle.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

struct LogBundlerOptions {
  LogBundleTerms terms = {};
  // Of all the logs of a bundle, unpacked; a log that is longer is cut, and says so.
  int64_t most_bytes = int64_t{64} << 20;
};

// Puts the build logs of published probes into bundles of their release (log_bundle.h), each of
// which is written once and never changes.
//
// Safe to interrupt at any moment: which logs a bundle has is in the store before it is uploaded
// (Store::PlanLogBundle()); the same logs give the same bytes, so a bundle that has arrived
// unrecorded is known by its digest; and a log is in no other bundle until the store knows that the
// planned one is given up. Only then, and when the release host has taken it, does the index name
// it. Thread-safe, as far as one call of RunOnce() is under way at a time.
class LogBundler {
 public:
  // All must outlive it.
  LogBundler(Store* store, ReleaseHost* host, Clock const* clock, Metrics* metrics,
             LogBundlerOptions options);

  // One pass over the releases with logs that wait; blocks on store and host. What fails is logged,
  // harms no other release, and is tried again at the next pass. With nothing due it costs one
  // question to the store. Sets probefarm_logs_waiting, counts
  // probefarm_log_bundles_total and probefarm_log_bundle_failures_total.
  void RunOnce() EXCLUDES(mu_);

  // Of the last pass: OK, or the first error.
  absl::Status last_error() const EXCLUDES(mu_);

 private:
  // A bundle as it is to be written.
  struct Rendered {
    LogBundle bundle;
    std::vector<BundledLog> logs;
    std::string bytes;
  };

  // Goes on after a release that fails; the first error in the end.
  absl::Status ServeAll(std::vector<WaitingLogs> const& list);
  absl::Status Serve(WaitingLogs const& waiting);
  // Goes on with the bundle that is planned, if there is one.
  absl::Status Finish(ReleaseKey const& release);
  // Plans the next bundle, and writes it.
  absl::Status Close(ReleaseKey const& release, int number);
  absl::Status WritePlanned(ReleaseKey const& release, Rendered const& rendered);
  absl::Status Plan(ReleaseKey const& release, Rendered const& rendered);
  // The logs of the first of `assets`, as many as there is room for.
  absl::StatusOr<Rendered> Render(std::vector<PublishedAsset> const& assets, int number);
  absl::StatusOr<std::string> LogOf(PublishedAsset const& asset);
  absl::StatusOr<std::vector<LogBundle>> BundlesOf(ReleaseKey const& release);
  absl::StatusOr<std::vector<PublishedAsset>> AssetsOf(ReleaseKey const& release);

  Store* const store_;
  ReleaseHost* const host_;
  Clock const* const clock_;
  Metrics* const metrics_;
  LogBundlerOptions const options_;
  mutable Mutex mu_;
  absl::Status last_error_ GUARDED_BY(mu_);
};

}  // namespace probefarm
