#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lib/runtime/mutex.h"
#include "probefarm/v1/worker.grpc.pb.h"
#include "worker/lease/coordinator_client.h"

namespace probefarm {

// CoordinatorClient over gRPC. Thread-safe. Besides the statuses of the interface: INTERNAL for an
// answer that says nothing of the file. A verdict of a newer coordinator is taken for kAbandon,
// since it cannot mean "go on".
//
// Deadlines: 8 s for a heartbeat, so that the next one still comes within a ttl of 30 s; `wait` and
// 20 s for Acquire(); 90 s for the two reports, for which the coordinator asks the release host;
// 20 s for the others.
class GrpcCoordinator final : public CoordinatorClient {
 public:
  // Does not connect yet; the channel (lib/rpc/channel.h) connects, and again, by itself.
  explicit GrpcCoordinator(std::shared_ptr<grpc::Channel> const& channel);

  // For calls from now on; those under way end on the channel that they began on.
  void UseChannel(std::shared_ptr<grpc::Channel> const& channel) EXCLUDES(mu_);

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
  // Registers a waiting call, so that it can be interrupted; false when interruption was asked for
  // already.
  bool Register(grpc::ClientContext* call) EXCLUDES(mu_);
  // Whether it may have been interrupted.
  bool Unregister(grpc::ClientContext* call) EXCLUDES(mu_);

  std::shared_ptr<v1::WorkerService::Stub> stub() EXCLUDES(mu_);

  Mutex mu_;
  std::shared_ptr<v1::WorkerService::Stub> stub_ GUARDED_BY(mu_);
  std::set<grpc::ClientContext*> waiting_ GUARDED_BY(mu_);
  bool interrupted_ GUARDED_BY(mu_) = false;
};

}  // namespace probefarm
