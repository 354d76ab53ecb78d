#pragma once

#include <string>

#include "absl/status/status.h"
#include "lib/metrics/metrics.h"
#include "probefarm/v1/worker.grpc.pb.h"

namespace probefarm {

// WorkerService for workers that prove who they are: lets a call through to `inner` when the
// caller's certificate is that of the worker that it speaks for (peer_identity.h), and answers it
// UNAUTHENTICATED or PERMISSION_DENIED otherwise, which is logged and counted in
// probefarm_worker_calls_refused_total. Registered in place of `inner` when the coordinator has a
// CA for workers. Thread-safe; never blocks.
//
//   OpenSession        the id that it asks for
//   everything else    the id that the session was opened for, so that a stolen session is of no
//                      use with another certificate
class WorkerGate final : public v1::WorkerService::CallbackService {
 public:
  // Both must outlive it.
  WorkerGate(v1::WorkerService::CallbackService& inner, Metrics& metrics)
      : inner_(inner), metrics_(metrics) {}

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
  grpc::ServerUnaryReactor* Refuse(grpc::CallbackServerContext* context, absl::Status const& why);
  // Null when the caller's certificate is that of the worker which opened the session.
  grpc::ServerUnaryReactor* RefuseStranger(grpc::CallbackServerContext* context,
                                           std::string const& session);

  v1::WorkerService::CallbackService& inner_;
  Metrics& metrics_;
};

}  // namespace probefarm
