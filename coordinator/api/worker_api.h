#pragma once

#include <string>

#include "coordinator/leasing/dispatcher.h"
#include "coordinator/leasing/phase_board.h"
#include "coordinator/publishing/publisher.h"
#include "coordinator/store/store.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/executor.h"
#include "probefarm/v1/worker.grpc.pb.h"

namespace probefarm {

struct WorkerApiOptions {
  absl::Duration session_ttl = absl::Seconds(30);
  absl::Duration max_wait = absl::Seconds(30);  // of one Acquire
};

// What workers call: validates, calls, maps the status. Reactors never block: the store answers on
// its own threads, and what must wait for the release host runs on `executor`. Thread-safe.
// Collaborators outlive it.
class WorkerApi final : public v1::WorkerService::CallbackService {
 public:
  WorkerApi(Store& store, Dispatcher& dispatcher, PhaseBoard& phases, Publisher& publisher,
            Executor& executor, Metrics& metrics, Clock& clock, WorkerApiOptions options);

  grpc::ServerUnaryReactor* OpenSession(grpc::CallbackServerContext* context,
                                        v1::OpenSessionRequest const* request,
                                        v1::OpenSessionResponse* response) override;
  grpc::ServerUnaryReactor* Acquire(grpc::CallbackServerContext* context,
                                    v1::AcquireRequest const* request,
                                    v1::AcquireResponse* response) override;
  grpc::ServerUnaryReactor* Heartbeat(grpc::CallbackServerContext* context,
                                      v1::HeartbeatRequest const* request,
                                      v1::HeartbeatResponse* response) override;
  grpc::ServerUnaryReactor* AppendLog(grpc::CallbackServerContext* context,
                                      v1::AppendLogRequest const* request,
                                      v1::AppendLogResponse* response) override;
  grpc::ServerUnaryReactor* ReportArtifact(grpc::CallbackServerContext* context,
                                           v1::ReportArtifactRequest const* request,
                                           v1::ReportArtifactResponse* response) override;
  grpc::ServerUnaryReactor* ReportUpload(grpc::CallbackServerContext* context,
                                         v1::ReportUploadRequest const* request,
                                         v1::ReportUploadResponse* response) override;
  grpc::ServerUnaryReactor* Complete(grpc::CallbackServerContext* context,
                                     v1::CompleteRequest const* request,
                                     v1::CompleteResponse* response) override;
  grpc::ServerUnaryReactor* Release(grpc::CallbackServerContext* context,
                                    v1::ReleaseRequest const* request,
                                    v1::ReleaseResponse* response) override;

 private:
  // Counts refused stale writes, then the status as gRPC has it.
  grpc::Status Refused(absl::Status const& status);

  Store& store_;
  Dispatcher& dispatcher_;
  PhaseBoard& phases_;
  Publisher& publisher_;
  Executor& executor_;
  Metrics& metrics_;
  Clock& clock_;
  WorkerApiOptions const options_;
};

}  // namespace probefarm
