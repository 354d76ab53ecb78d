#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/publishing/publisher.h"
#include "coordinator/releases/fake_release_host.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"
#include "tests/simulation/crashing_store.h"
#include "tests/simulation/invariants.h"
#include "worker/lease/coordinator_client.h"

namespace probefarm {

// A coordinator's process, without a network: what its services do with each call, on a store that
// may crash under it. Tells `watch` what it answers. A call that finds it down, or during which it
// goes down, is UNAVAILABLE. For one thread.
class SimulatedCoordinator {
 public:
  static constexpr absl::Duration kTtl = absl::Seconds(30);

  // All outlive this.
  SimulatedCoordinator(CrashingStore& store, FakeReleaseHost& host, Clock& clock, Metrics& metrics,
                       Invariants& watch);

  bool up() const { return !store_.crashed(); }
  void StartAgain();

  // As WorkerService has them.
  absl::StatusOr<Session> OpenSession(WorkerDescription const& worker,
                                      std::vector<LeaseName> const& held);
  absl::StatusOr<std::vector<Lease>> Acquire(std::string const& session,
                                             std::string const& request_id);
  absl::StatusOr<HeartbeatReply> Heartbeat(std::string const& session, WorkerState const& state);
  absl::StatusOr<int64_t> AppendLog(std::string const& session, LeaseName lease, int64_t offset,
                                    std::string const& bytes);
  absl::StatusOr<NextStep> ReportArtifact(std::string const& session, LeaseName lease,
                                          Artifact const& artifact);
  absl::StatusOr<NextStep> ReportUpload(std::string const& session, LeaseName lease,
                                        UploadReport const& report);
  absl::Status End(std::string const& session, LeaseName lease, JobEvent const& event);

  // As JobService has them.
  absl::StatusOr<JobId> Enqueue(NewJob const& job, std::string const& idempotency_key);
  absl::Status Cancel(JobId job);
  absl::Status Retry(JobId job);

  // What it does by itself, every second and every few seconds.
  void Sweep();
  void Verify() { publisher_->RunOnce(); }

 private:
  CrashingStore& store_;
  FakeReleaseHost& host_;
  Clock& clock_;
  Metrics& metrics_;
  Invariants& watch_;
  std::unique_ptr<Publisher> publisher_;
  int sessions_ = 0;
  std::map<std::string, JobId> enqueued_;  // by idempotency key
};

}  // namespace probefarm
