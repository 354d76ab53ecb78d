#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "absl/time/time.h"
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

// How far a file has come.
struct Delivery {
  BuiltFile file;
  std::optional<UploadOrder> grant = std::nullopt;  // what to send it by, next
  int sent = 0;                                     // tries
};

// Reports a built file, then does what the coordinator says until it says that the file may go:
// send it by a grant, ask again later, or delete it. Knows nothing of release hosts. Thread-safe
// for different files.
//
//   ReportArtifact ─► SendIt ─► upload ─► ReportUpload ─► SendIt: the next try, after a pause
//         ▲  └─► AskAgain ─► wait ─┐            ├─► AskAgain ─► wait ─► ReportArtifact
//         └────────────────────────┘            └─► DeleteIt: the end, after either report
//
// The lease's phase is kept up: kAwaitingUpload, with what it waits for, and kSending from a grant
// to its report. A lease that is over ends an upload within about a second; a report under way is
// let finish.
class Publishing {
 public:
  // `session` gives the token of the present session; `wait` sleeps between tries to reach the
  // coordinator, and may return early when the worker stops. The others outlive this.
  Publishing(CoordinatorClient& coordinator, LeaseTable& leases, HttpClient& http, Clock& clock,
             std::function<std::string()> session, std::function<void(absl::Duration)> wait);

  // Goes on until the end, or until there is something to wait for: then answers when to call this
  // again, always later than now. Blocks while it reports and sends, and not for that. The file is
  // reported by its digest before any of it is sent. Errors end here: one that is not a lost answer
  // means that the lease is over.
  std::variant<PublishingEnd, absl::Time> GoOn(Delivery& delivery);

 private:
  // One report, or one upload and its report.
  absl::StatusOr<NextStep> TakeStep(Delivery& delivery);
  // Takes the grant; answers for how long not to use it yet.
  absl::Duration Keep(SendIt order, Delivery& delivery);
  absl::StatusOr<NextStep> Report(BuiltFile const& file);
  // Uploads by the grant and reports what came back.
  absl::StatusOr<NextStep> Send(BuiltFile const& file, UploadOrder const& grant);
  static PublishingEnd Ended(BuiltFile const& file, DeleteIt const& end);

  CoordinatorClient& coordinator_;
  LeaseTable& leases_;
  HttpClient& http_;
  Clock& clock_;
  std::function<std::string()> const session_;
  std::function<void(absl::Duration)> const wait_;
};

}  // namespace probefarm
