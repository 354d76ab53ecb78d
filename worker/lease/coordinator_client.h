#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/driver/probe.h"
#include "worker/lease/lease.h"
#include "worker/upload/upload.h"

namespace probefarm {

// What the worker says of itself when it opens a session.
struct WorkerDescription {
  std::string id;
  Arch arch = Arch::kX86_64;
  int slots = 1;
  int64_t memory_bytes_per_slot = 0;
  std::string engine;
};

struct Session {
  std::string token;
  absl::Duration ttl;
  std::vector<Verdict> verdicts;  // one for each lease that was held
};

struct HeldPhase {
  LeaseName name;
  Phase phase = Phase::kFetching;
};

struct HeartbeatReply {
  std::vector<Verdict> verdicts;  // one for each lease that was named
  bool drain = false;
};

// The coordinator's word on what becomes of a file.
struct SendIt {
  UploadGrant grant;
};
struct AskAgain {
  absl::Time not_before;
  std::string why;
};
struct DeleteIt {
  bool published = false;  // false: it can never be published
  std::string why;
};
using NextStep = std::variant<SendIt, AskAgain, DeleteIt>;

// The worker's side of the lease protocol (proto/probefarm/v1/worker.proto). Every call can be
// repeated. Each has a deadline. ABORTED: the session or the lease is over; UNAVAILABLE and
// DEADLINE_EXCEEDED: try again. Thread-safe.
class CoordinatorClient {
 public:
  virtual ~CoordinatorClient() = default;

  virtual absl::StatusOr<Session> OpenSession(WorkerDescription const& worker,
                                              std::vector<LeaseName> const& held) = 0;
  // Waits up to `wait` for leases; an interrupted wait is CANCELLED.
  virtual absl::StatusOr<std::vector<Lease>> Acquire(std::string const& session,
                                                     std::string const& request_id, int free_slots,
                                                     absl::Duration wait) = 0;
  // Ends every Acquire() that waits, now and from now on at once, unless its wait is zero.
  virtual void InterruptAcquire() = 0;
  virtual absl::StatusOr<HeartbeatReply> Heartbeat(std::string const& session,
                                                   std::vector<HeldPhase> const& held,
                                                   int free_slots, bool draining) = 0;
  // How far the coordinator's copy goes now: at least to the end of `bytes`, whether it kept or,
  // beyond its limit, dropped them. OUT_OF_RANGE: there is a gap before `offset`.
  virtual absl::StatusOr<int64_t> AppendLog(std::string const& session, LeaseName lease,
                                            int64_t offset, std::string const& bytes) = 0;
  virtual absl::StatusOr<NextStep> ReportArtifact(std::string const& session, LeaseName lease,
                                                  std::string const& sha256, int64_t size) = 0;
  virtual absl::StatusOr<NextStep> ReportUpload(std::string const& session, LeaseName lease,
                                                UploadAnswer const& answer) = 0;
  virtual absl::Status Complete(std::string const& session, LeaseName lease, bool permanent,
                                std::string const& code, std::string const& text) = 0;
  virtual absl::Status Release(std::string const& session, LeaseName lease, std::string const& code,
                               std::string const& text) = 0;
};

}  // namespace probefarm
