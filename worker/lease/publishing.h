#pragma once

#include <functional>
#include <string>

#include "lib/http/http_client.h"
#include "lib/runtime/clock.h"
#include "worker/lease/coordinator_client.h"
#include "worker/lease/lease_table.h"

namespace probefarm {

// A built file on its way to the release host.
struct BuiltFile {
  LeaseName lease;
  std::string path;
  std::string sha256;
  int64_t size = 0;
};

// How it ended for the worker.
enum class PublishingEnd {
  kDelivered,  // the coordinator has what it needs
  kRefused,    // it can never be published
  kLeaseOver,  // the lease was cancelled or given away, or the worker stops
};

// Reports a built file, then does what the coordinator says until it says that the file may go:
// send it by a grant, ask again later, or delete it. Knows nothing of release hosts. Blocks;
// thread-safe for different files.
class Publishing {
 public:
  // `session` gives the token of the present session; `wait` sleeps and may return early when the
  // worker stops.
  Publishing(CoordinatorClient& coordinator, LeaseTable& leases, HttpClient& http, Clock& clock,
             std::function<std::string()> session, std::function<void(absl::Duration)> wait);

  PublishingEnd Run(BuiltFile const& file);

 private:
  absl::StatusOr<NextStep> Report(BuiltFile const& file);
  absl::StatusOr<NextStep> Send(BuiltFile const& file, UploadGrant const& grant);
  void WaitUntil(LeaseName lease, absl::Time time);
  static PublishingEnd Ended(BuiltFile const& file, DeleteIt const& end);

  CoordinatorClient& coordinator_;
  LeaseTable& leases_;
  HttpClient& http_;
  Clock& clock_;
  std::function<std::string()> const session_;
  std::function<void(absl::Duration)> const wait_;
};

}  // namespace probefarm
