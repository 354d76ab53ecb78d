#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/driver/probe.h"
#include "worker/lease/lease.h"
#include "worker/upload/upload.h"

namespace probefarm {

// What the worker says of itself when it opens a session: what leases it can be given.
struct WorkerDescription {
  std::string id;  // of this worker alone, the same after a restart
  Arch arch = Arch::kX86_64;
  int slots = 1;  // builds at the same time
  int64_t memory_bytes_per_slot = 0;
  std::string engine;                              // "docker 20.10.24+dfsg1": for people
  std::map<std::string, std::string> labels = {};  // what sets it apart: "pool" is "trusted"
  std::set<std::string> builders = {};  // ids of the images that it may use; empty: whichever
  std::optional<int64_t> free_disk_bytes = std::nullopt;  // for builds; nothing: not known
};

// A session, as the coordinator opened it.
struct Session {
  std::string token;              // goes with every other call
  absl::Duration ttl;             // without an acknowledged heartbeat for so long it has expired
  std::vector<Verdict> verdicts;  // one for each lease that was held, in order
};

// A question for a lease.
struct Wish {
  std::string request_id;  // new for a new wish, the same for a repetition; 1 to 200 bytes
  absl::Duration wait;     // for a job to come
  // No slot is free: the lease is for preparing the next build. Others are served first.
  bool ahead = false;
};

// A lease in a heartbeat.
struct HeldPhase {
  LeaseName name;
  Phase phase = Phase::kFetching;
  std::string progress;  // for people: "linux-headers-… 40 %"
};

// What a heartbeat says.
struct WorkerState {
  std::vector<HeldPhase> held;  // every lease: one that was granted a ttl ago and is left out goes
                                // back to the queue
  int free_slots = 0;
  bool draining = false;
  std::optional<int64_t> free_disk_bytes = std::nullopt;  // as in WorkerDescription
};

// The answer to a heartbeat.
struct HeartbeatReply {
  std::vector<Verdict> verdicts;  // one for each lease that was named, in order
  bool drain = false;             // the coordinator wants this worker to take nothing new
};

// The coordinator's word on what becomes of a file: one of three.
struct SendIt {
  UploadOrder grant;  // for one try
};
struct AskAgain {
  absl::Time not_before;  // by the wall clock
  std::string why;        // for people
};
struct DeleteIt {
  bool published = false;  // false: it can never be published
  std::string why;         // for people
};
using NextStep = std::variant<SendIt, AskAgain, DeleteIt>;

// The worker's side of the lease protocol (proto/probefarm/v1/worker.proto, docs/protocol.md).
// Every call can be repeated. Each has a deadline, and blocks until then at most. ABORTED: the
// session or the lease is over; its message begins with "void" when another worker uses the id,
// with "reopen" when the session is only not known. UNAVAILABLE and DEADLINE_EXCEEDED: try again.
// Thread-safe.
//
// An interface because the worker's logic is tested against answers that are lost, late or hostile
// (fake_coordinator.h), and so that gRPC stays in one place.
class CoordinatorClient {
 public:
  virtual ~CoordinatorClient() = default;

  // Voids every earlier session of the id, also when the answer is lost. Leases in `held` that are
  // still this worker's go over to the new session.
  virtual absl::StatusOr<Session> OpenSession(WorkerDescription const& worker,
                                              std::vector<LeaseName> const& held) = 0;
  // Waits for one lease; none when none came. The same wish again gives the same lease. An
  // interrupted wait is CANCELLED, and may have been granted a lease all the same: ask once more
  // with the same id and no wait.
  virtual absl::StatusOr<std::vector<Lease>> Acquire(std::string const& session,
                                                     Wish const& wish) = 0;
  // Ends every Acquire() that waits, now and from now on at once, unless its wait is zero. Does not
  // block, and cannot be undone.
  virtual void InterruptAcquire() = 0;
  virtual absl::StatusOr<HeartbeatReply> Heartbeat(std::string const& session,
                                                   WorkerState const& state) = 0;
  // How far the coordinator's copy goes now: at least to the end of `bytes`, whether it kept or,
  // beyond its limit, dropped them. OUT_OF_RANGE: there is a gap before `offset`.
  virtual absl::StatusOr<int64_t> AppendLog(std::string const& session, LeaseName lease,
                                            int64_t offset, std::string const& bytes) = 0;
  // The digest (64 lower-case hexadecimal digits) and the size in bytes of the file that was built,
  // before any upload: recorded durably before the answer. Again after AskAgain.
  virtual absl::StatusOr<NextStep> ReportArtifact(std::string const& session, LeaseName lease,
                                                  std::string const& sha256, int64_t size) = 0;
  // What the release host answered to a grant.
  virtual absl::StatusOr<NextStep> ReportUpload(std::string const& session, LeaseName lease,
                                                UploadReply const& answer) = 0;
  // The run ended without a file; `code` and `text` are a BuildFailure's. Nothing is taken for the
  // lease afterwards, its log neither. The same again is OK.
  virtual absl::Status Complete(std::string const& session, LeaseName lease, bool permanent,
                                std::string const& code, std::string const& text) = 0;
  // Gives the lease back unharmed, to be leased again; says nothing of the job.
  virtual absl::Status Release(std::string const& session, LeaseName lease, std::string const& code,
                               std::string const& text) = 0;
};

}  // namespace probefarm
