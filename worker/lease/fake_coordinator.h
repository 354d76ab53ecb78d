#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/runtime/mutex.h"
#include "worker/lease/coordinator_client.h"

namespace probefarm {

// A coordinator in memory that records what it is asked. Each call takes the next scripted answer
// of its kind, an error or not, and its usual one when there is none:
//
//   OpenSession      tokens "s1", "s2", …; a ttl of 30 s; every lease goes on
//   Acquire          no lease
//   Heartbeat        every lease goes on
//   AppendLog        keeps the bytes up to LimitLogs(), answers as though it had kept them all
//   ReportArtifact,
//   ReportUpload     the file is published
//   Complete, Release   OK
//
// Thread-safe.
class FakeCoordinator final : public CoordinatorClient {
 public:
  // Each puts an answer at the end of its kind's queue.
  void NextOpen(absl::StatusOr<Session> answer) EXCLUDES(mu_);
  void NextAcquire(absl::StatusOr<std::vector<Lease>> answer) EXCLUDES(mu_);
  void NextHeartbeat(absl::StatusOr<HeartbeatReply> answer) EXCLUDES(mu_);
  void NextAppend(absl::StatusOr<int64_t> answer) EXCLUDES(mu_);
  // Of ReportArtifact and ReportUpload.
  void NextStepOf(absl::StatusOr<NextStep> answer) EXCLUDES(mu_);
  // Of Complete and Release.
  void NextEnd(absl::Status answer) EXCLUDES(mu_);
  // How many bytes of each log are kept; a megabyte to begin with.
  void LimitLogs(size_t max_bytes) EXCLUDES(mu_);

  // Runs in every call, before its answer is decided and without a lock: may block, advance a
  // clock, or script the answer. Set it before the first call.
  void OnCall(std::function<void(std::string const& call)> hook) { on_call_ = std::move(hook); }

  // What was called, in order: "OpenSession w [7/2]", "OpenSession … disk 5000",
  // "Acquire s1 slot-0-1 25s", "Heartbeat s1 [7/2 building] free 1",
  // "Heartbeat … draining disk 5000", "InterruptAcquire",
  // "AppendLog s1 7/2 @0 text", "ReportArtifact s1 7/2 <sha256> 5", "ReportUpload s1 7/2 201 ",
  // "Complete s1 7/2 permanent compiler_error", "Release s1 7/2 draining".
  std::vector<std::string> calls() const EXCLUDES(mu_);
  // What was kept of a lease's log; empty for one that sent none.
  std::string LogOf(LeaseName lease) const EXCLUDES(mu_);

  absl::StatusOr<Session> OpenSession(WorkerDescription const& worker,
                                      std::vector<LeaseName> const& held) override;
  absl::StatusOr<std::vector<Lease>> Acquire(std::string const& session, Wish const& wish) override;
  void InterruptAcquire() override;
  absl::StatusOr<HeartbeatReply> Heartbeat(std::string const& session,
                                           WorkerState const& state) override;
  absl::StatusOr<int64_t> AppendLog(std::string const& session, LeaseName lease, int64_t offset,
                                    std::string const& bytes) override;
  absl::StatusOr<NextStep> ReportArtifact(std::string const& session, LeaseName lease,
                                          std::string const& sha256, int64_t size) override;
  absl::StatusOr<NextStep> ReportUpload(std::string const& session, LeaseName lease,
                                        UploadReply const& answer) override;
  absl::Status Complete(std::string const& session, LeaseName lease, bool permanent,
                        std::string const& code, std::string const& text) override;
  absl::Status Release(std::string const& session, LeaseName lease, std::string const& code,
                       std::string const& text) override;

 private:
  template <class T>
  using Script = std::deque<absl::StatusOr<T>>;

  void Record(std::string const& call) EXCLUDES(mu_);
  int64_t Append(LeaseName lease, int64_t offset, std::string const& bytes) REQUIRES(mu_);

  std::function<void(std::string const& call)> on_call_;
  mutable Mutex mu_;
  std::vector<std::string> calls_ GUARDED_BY(mu_);
  Script<Session> opens_ GUARDED_BY(mu_);
  Script<std::vector<Lease>> acquires_ GUARDED_BY(mu_);
  Script<HeartbeatReply> heartbeats_ GUARDED_BY(mu_);
  Script<int64_t> appends_ GUARDED_BY(mu_);
  Script<NextStep> steps_ GUARDED_BY(mu_);
  Script<bool> ends_ GUARDED_BY(mu_);
  int sessions_ GUARDED_BY(mu_) = 0;
  size_t max_log_bytes_ GUARDED_BY(mu_) = size_t{1} << 20;
  std::map<std::string, std::string> logs_ GUARDED_BY(mu_);
};

}  // namespace probefarm
