#include "coordinator/api/worker_gate.h"

#include <string>

#include "coordinator/api/peer_identity.h"
#include "lib/rpc/status.h"
#include "lib/runtime/log.h"

namespace probefarm {
namespace {

// Whoever reaches the port can come without a certificate, as often as they like.
LogLevel LevelOf(absl::Status const& why) {
  return absl::IsUnauthenticated(why) ? LogLevel::kDebug : LogLevel::kWarning;
}

}  // namespace

grpc::ServerUnaryReactor* WorkerGate::Refuse(grpc::CallbackServerContext* context,
                                             absl::Status const& why) {
  Log(LevelOf(why), "worker refused", {{"peer", context->peer()}, {"error", why.message()}});
  metrics_.Count("probefarm_worker_calls_refused_total",
                 "Calls of workers whose certificate is not that of the worker, or is missing",
                 {{"code", absl::StatusCodeToString(why.code())}});
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(why));
  return reactor;
}

grpc::ServerUnaryReactor* WorkerGate::RefuseStranger(grpc::CallbackServerContext* context,
                                                     std::string const& session) {
  absl::Status const checked = CheckSession(PeerNames(*context->auth_context()), session);
  return checked.ok() ? nullptr : Refuse(context, checked);
}

grpc::ServerUnaryReactor* WorkerGate::OpenSession(grpc::CallbackServerContext* context,
                                                  v1::OpenSessionRequest const* request,
                                                  v1::OpenSessionResponse* response) {
  absl::Status const checked =
      CheckWorkerId(PeerNames(*context->auth_context()), request->worker_id());
  if (!checked.ok()) return Refuse(context, checked);
  return inner_.OpenSession(context, request, response);
}

grpc::ServerUnaryReactor* WorkerGate::Acquire(grpc::CallbackServerContext* context,
                                              v1::AcquireRequest const* request,
                                              v1::AcquireResponse* response) {
  if (auto* const refused = RefuseStranger(context, request->session())) return refused;
  return inner_.Acquire(context, request, response);
}

grpc::ServerUnaryReactor* WorkerGate::Heartbeat(grpc::CallbackServerContext* context,
                                                v1::HeartbeatRequest const* request,
                                                v1::HeartbeatResponse* response) {
  if (auto* const refused = RefuseStranger(context, request->session())) return refused;
  return inner_.Heartbeat(context, request, response);
}

grpc::ServerUnaryReactor* WorkerGate::AppendLog(grpc::CallbackServerContext* context,
                                                v1::AppendLogRequest const* request,
                                                v1::AppendLogResponse* response) {
  if (auto* const refused = RefuseStranger(context, request->session())) return refused;
  return inner_.AppendLog(context, request, response);
}

grpc::ServerUnaryReactor* WorkerGate::ReportArtifact(grpc::CallbackServerContext* context,
                                                     v1::ReportArtifactRequest const* request,
                                                     v1::ReportArtifactResponse* response) {
  if (auto* const refused = RefuseStranger(context, request->session())) return refused;
  return inner_.ReportArtifact(context, request, response);
}

grpc::ServerUnaryReactor* WorkerGate::ReportUpload(grpc::CallbackServerContext* context,
                                                   v1::ReportUploadRequest const* request,
                                                   v1::ReportUploadResponse* response) {
  if (auto* const refused = RefuseStranger(context, request->session())) return refused;
  return inner_.ReportUpload(context, request, response);
}

grpc::ServerUnaryReactor* WorkerGate::Complete(grpc::CallbackServerContext* context,
                                               v1::CompleteRequest const* request,
                                               v1::CompleteResponse* response) {
  if (auto* const refused = RefuseStranger(context, request->session())) return refused;
  return inner_.Complete(context, request, response);
}

grpc::ServerUnaryReactor* WorkerGate::Release(grpc::CallbackServerContext* context,
                                              v1::ReleaseRequest const* request,
                                              v1::ReleaseResponse* response) {
  if (auto* const refused = RefuseStranger(context, request->session())) return refused;
  return inner_.Release(context, request, response);
}

}  // namespace probefarm
