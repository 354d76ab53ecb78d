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
  std::string path;    // on this machine; stays the caller's, who deletes it afterwards
  std::string sha256;  // 64 lower-case hexadecimal digits
  int64_t size = 0;    // bytes
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
//
//   ReportArtifact ─► SendIt ─► upload ─► ReportUpload ─► SendIt: the next try, after a pause
//         ▲  └─► AskAgain ─► wait ─┐            ├─► AskAgain ─► wait ─► ReportArtifact
//         └────────────────────────┘            └─► DeleteIt: the end, after either report
//
// The lease's phase is kept up: kAwaitingUpload, and kSending from a grant to its report. A lease
// that is over ends a wait and an upload within about a second; a report under way is let finish.
class Publishing {
 public:
  // `session` gives the token of the present session; `wait` sleeps and may return early when the
  // worker stops. The others outlive this.
  Publishing(CoordinatorClient& coordinator, LeaseTable& leases, HttpClient& http, Clock& clock,
             std::function<std::string()> session, std::function<void(absl::Duration)> wait);

  // The file is reported by its digest before any of it is sent. Errors end here: one that is not a
  // lost answer means that the lease is over.
  PublishingEnd Run(BuiltFile const& file);

 private:
  absl::StatusOr<NextStep> Report(BuiltFile const& file);
  // Uploads by the grant and reports what came back.
  absl::StatusOr<NextStep> Send(BuiltFile const& file, UploadOrder const& grant);
  // Waits a little even for a time that has passed; not beyond the lease's end.
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
