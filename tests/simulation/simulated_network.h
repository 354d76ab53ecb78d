#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/simulation/simulated_coordinator.h"
#include "tests/simulation/world.h"
#include "worker/lease/coordinator_client.h"

namespace probefarm {

// What lies between a worker and the coordinator. A call may be lost, or its answer; it may arrive
// after the worker has given up waiting, when others have overtaken it, or arrive once more. For
// one thread.
class SimulatedNetwork final : public CoordinatorClient {
 public:
  // Both outlive this, and all that happens in `world`.
  SimulatedNetwork(World& world, SimulatedCoordinator& coordinator)
      : world_(world), coordinator_(coordinator) {}

  absl::StatusOr<Session> OpenSession(WorkerDescription const& worker,
                                      std::vector<LeaseName> const& held) override;
  absl::StatusOr<std::vector<Lease>> Acquire(std::string const& session, Wish const& wish) override;
  void InterruptAcquire() override {}
  absl::StatusOr<HeartbeatReply> Heartbeat(std::string const& session,
                                           WorkerState const& state) override;
  absl::StatusOr<int64_t> AppendLog(std::string const& session, LeaseName lease, int64_t offset,
                                    std::string const& bytes) override;
  absl::StatusOr<NextStep> ReportArtifact(std::string const& session, LeaseName lease,
                                          std::string const& sha256, int64_t size) override;
  absl::StatusOr<NextStep> ReportUpload(std::string const& session, LeaseName lease,
                                        UploadReply const& reply) override;
  absl::Status Complete(std::string const& session, LeaseName lease, bool permanent,
                        std::string const& code, std::string const& text) override;
  absl::Status Release(std::string const& session, LeaseName lease, std::string const& code,
                       std::string const& text) override;

 private:
  template <class Answer>
  using Call = std::function<Answer(SimulatedCoordinator&)>;

  template <class Answer>
  Answer Send(Call<Answer> const& call);

  World& world_;
  SimulatedCoordinator& coordinator_;
};

}  // namespace probefarm
