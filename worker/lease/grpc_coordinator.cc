#include "worker/lease/grpc_coordinator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/rpc/channel.h"
#include "lib/rpc/status.h"
#include "lib/rpc/wire.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(20);
// A heartbeat that hangs must leave room for the next one within the ttl.
constexpr absl::Duration kHeartbeatTimeout = absl::Seconds(8);
// The coordinator asks the release host before it answers.
constexpr absl::Duration kPublishTimeout = absl::Seconds(90);

v1::LeaseName ToWire(LeaseName name) {
  v1::LeaseName wire;
  wire.set_job(name.job);
  wire.set_epoch(name.epoch);
  return wire;
}

v1::LeasePhase ToWire(Phase phase) {
  switch (phase) {
    case Phase::kFetching:
      return v1::FETCHING;
    case Phase::kBuilding:
      return v1::BUILDING;
    case Phase::kChecking:
      return v1::CHECKING;
    case Phase::kAwaitingUpload:
      return v1::AWAITING_UPLOAD;
    case Phase::kSending:
      return v1::SENDING;
  }
  return v1::LEASE_PHASE_UNSPECIFIED;
}

// On the wire 0 says nothing; a full disk has one byte.
int64_t ToWire(std::optional<int64_t> free_disk_bytes) {
  return free_disk_bytes ? std::max(*free_disk_bytes, int64_t{1}) : 0;
}

std::vector<Verdict> VerdictsOf(google::protobuf::RepeatedField<int> const& wire) {
  std::vector<Verdict> verdicts;
  verdicts.reserve(wire.size());
  for (int const verdict : wire) {
    // A verdict that this worker does not know cannot mean "go on".
    verdicts.push_back(verdict == v1::CONTINUE ? Verdict::kContinue
                       : verdict == v1::CANCEL ? Verdict::kCancel
                                               : Verdict::kAbandon);
  }
  return verdicts;
}

UploadOrder OrderOf(v1::UploadGrant const& wire) {
  UploadOrder grant{wire.method(), wire.url(), {}, FromWire(wire.deadline())};
  grant.headers.insert(wire.headers().begin(), wire.headers().end());
  return grant;
}

AskAgain WaitOf(v1::UploadWait const& wire) { return {FromWire(wire.not_before()), wire.why()}; }

absl::StatusOr<NextStep> StepOf(v1::ReportArtifactResponse const& response) {
  switch (response.next_case()) {
    case v1::ReportArtifactResponse::kGrant:
      return SendIt{OrderOf(response.grant())};
    case v1::ReportArtifactResponse::kWait:
      return WaitOf(response.wait());
    case v1::ReportArtifactResponse::kAlreadyPublished:
      return DeleteIt{true, response.already_published().text()};
    case v1::ReportArtifactResponse::kConflict:
      return DeleteIt{false, response.conflict().text()};
    case v1::ReportArtifactResponse::NEXT_NOT_SET:
      break;
  }
  return absl::InternalError("ReportArtifact: the answer says nothing of the file");
}

absl::StatusOr<NextStep> StepOf(v1::ReportUploadResponse const& response) {
  switch (response.next_case()) {
    case v1::ReportUploadResponse::kDone:
      return DeleteIt{true, response.done().text()};
    case v1::ReportUploadResponse::kRetry:
      return SendIt{OrderOf(response.retry())};
    case v1::ReportUploadResponse::kWait:
      return WaitOf(response.wait());
    case v1::ReportUploadResponse::kFail:
      return DeleteIt{false, response.fail().text()};
    case v1::ReportUploadResponse::NEXT_NOT_SET:
      break;
  }
  return absl::InternalError("ReportUpload: the answer says nothing of the file");
}

// A server that shuts down cancels the calls that come too late for it: nobody here did.
absl::Status FromServer(grpc::Status const& status) {
  absl::Status converted = FromGrpc(status);
  if (!absl::IsCancelled(converted)) return converted;
  return absl::UnavailableError("the coordinator ended the call unanswered: it stops");
}

template <class Request, class Response>
absl::StatusOr<Response> Call(v1::WorkerService::Stub& stub,
                              grpc::Status (v1::WorkerService::Stub::*method)(grpc::ClientContext*,
                                                                              Request const&,
                                                                              Response*),
                              Request const& request, absl::Duration timeout) {
  grpc::ClientContext context;
  SetDeadline(context, timeout);
  Response response;
  RETURN_IF_ERROR(FromServer((stub.*method)(&context, request, &response)));
  return response;
}

}  // namespace

GrpcCoordinator::GrpcCoordinator(std::shared_ptr<grpc::Channel> const& channel)
    : stub_(v1::WorkerService::NewStub(channel)) {}

void GrpcCoordinator::UseChannel(std::shared_ptr<grpc::Channel> const& channel) {
  std::shared_ptr<v1::WorkerService::Stub> next = v1::WorkerService::NewStub(channel);
  MutexLock lock(mu_);
  stub_.swap(next);
}

std::shared_ptr<v1::WorkerService::Stub> GrpcCoordinator::stub() {
  MutexLock lock(mu_);
  return stub_;
}

absl::StatusOr<Session> GrpcCoordinator::OpenSession(WorkerDescription const& worker,
                                                     std::vector<LeaseName> const& held) {
  v1::OpenSessionRequest request;
  request.set_worker_id(worker.id);
  request.mutable_capabilities()->set_arch(ToWire(worker.arch));
  request.mutable_capabilities()->set_memory_bytes_per_slot(worker.memory_bytes_per_slot);
  request.mutable_capabilities()->set_engine(worker.engine);
  request.mutable_capabilities()->mutable_labels()->insert(worker.labels.begin(),
                                                           worker.labels.end());
  request.mutable_capabilities()->mutable_builders()->Add(worker.builders.begin(),
                                                          worker.builders.end());
  request.mutable_capabilities()->set_free_disk_bytes(ToWire(worker.free_disk_bytes));
  request.set_slots(worker.slots);
  for (LeaseName const& name : held) *request.add_held() = ToWire(name);
  ASSIGN_OR_RETURN(auto const response,
                   Call(*stub(), &v1::WorkerService::Stub::OpenSession, request, kTimeout));
  return Session{response.session(), FromWire(response.ttl()), VerdictsOf(response.verdicts())};
}

absl::StatusOr<std::vector<Lease>> GrpcCoordinator::Acquire(std::string const& session,
                                                            Wish const& wish) {
  v1::AcquireRequest request;
  request.set_session(session);
  request.set_request_id(wish.request_id);
  request.set_free_slots(1);
  request.set_ahead(wish.ahead);
  *request.mutable_wait() = ToWire(wish.wait);
  grpc::ClientContext context;
  SetDeadline(context, wish.wait + kTimeout);
  bool const waits = wish.wait > absl::ZeroDuration();
  if (waits && !Register(&context)) return absl::CancelledError("no lease is wanted any more");
  v1::AcquireResponse response;
  grpc::Status const status = stub()->Acquire(&context, request, &response);
  bool const interrupted = waits && Unregister(&context);
  RETURN_IF_ERROR(interrupted ? FromGrpc(status) : FromServer(status));
  std::vector<Lease> leases;
  for (v1::Lease& lease : *response.mutable_leases()) {
    leases.push_back({{lease.name().job(), lease.name().epoch()},
                      std::move(*lease.mutable_spec()),
                      FromWire(lease.run_deadline())});
  }
  return leases;
}

bool GrpcCoordinator::Register(grpc::ClientContext* call) {
  MutexLock lock(mu_);
  if (interrupted_) return false;
  waiting_.insert(call);
  return true;
}

bool GrpcCoordinator::Unregister(grpc::ClientContext* call) {
  MutexLock lock(mu_);
  waiting_.erase(call);
  return interrupted_;
}

void GrpcCoordinator::InterruptAcquire() {
  MutexLock lock(mu_);
  interrupted_ = true;
  for (grpc::ClientContext* call : waiting_) call->TryCancel();
}

absl::StatusOr<HeartbeatReply> GrpcCoordinator::Heartbeat(std::string const& session,
                                                          WorkerState const& state) {
  v1::HeartbeatRequest request;
  request.set_session(session);
  for (HeldPhase const& lease : state.held) {
    v1::HeldLease* const wire = request.add_held();
    *wire->mutable_name() = ToWire(lease.name);
    wire->set_phase(ToWire(lease.phase));
    wire->set_progress(lease.progress);
  }
  request.set_free_slots(state.free_slots);
  request.set_draining(state.draining);
  request.set_free_disk_bytes(ToWire(state.free_disk_bytes));
  ASSIGN_OR_RETURN(auto const response,
                   Call(*stub(), &v1::WorkerService::Stub::Heartbeat, request, kHeartbeatTimeout));
  return HeartbeatReply{VerdictsOf(response.verdicts()), response.drain()};
}

absl::StatusOr<int64_t> GrpcCoordinator::AppendLog(std::string const& session, LeaseName lease,
                                                   int64_t offset, std::string const& bytes) {
  v1::AppendLogRequest request;
  request.set_session(session);
  *request.mutable_lease() = ToWire(lease);
  request.set_offset(offset);
  request.set_data(bytes);
  ASSIGN_OR_RETURN(auto const response,
                   Call(*stub(), &v1::WorkerService::Stub::AppendLog, request, kTimeout));
  return response.length();
}

absl::StatusOr<NextStep> GrpcCoordinator::ReportArtifact(std::string const& session,
                                                         LeaseName lease, std::string const& sha256,
                                                         int64_t size) {
  v1::ReportArtifactRequest request;
  request.set_session(session);
  *request.mutable_lease() = ToWire(lease);
  request.mutable_artifact()->set_sha256(sha256);
  request.mutable_artifact()->set_size(size);
  ASSIGN_OR_RETURN(auto const response, Call(*stub(), &v1::WorkerService::Stub::ReportArtifact,
                                             request, kPublishTimeout));
  return StepOf(response);
}

absl::StatusOr<NextStep> GrpcCoordinator::ReportUpload(std::string const& session, LeaseName lease,
                                                       UploadReply const& answer) {
  v1::ReportUploadRequest request;
  request.set_session(session);
  *request.mutable_lease() = ToWire(lease);
  request.set_http_status(answer.http_status);
  request.mutable_headers()->insert(answer.headers.begin(), answer.headers.end());
  request.set_body(answer.body);
  request.set_error(answer.error);
  ASSIGN_OR_RETURN(auto const response,
                   Call(*stub(), &v1::WorkerService::Stub::ReportUpload, request, kPublishTimeout));
  return StepOf(response);
}

absl::Status GrpcCoordinator::Complete(std::string const& session, LeaseName lease, bool permanent,
                                       std::string const& code, std::string const& text) {
  v1::CompleteRequest request;
  request.set_session(session);
  *request.mutable_lease() = ToWire(lease);
  request.set_outcome(permanent ? v1::CompleteRequest::PERMANENT_FAILURE
                                : v1::CompleteRequest::TRANSIENT_FAILURE);
  request.mutable_reason()->set_code(code);
  request.mutable_reason()->set_text(text);
  return Call(*stub(), &v1::WorkerService::Stub::Complete, request, kTimeout).status();
}

absl::Status GrpcCoordinator::Release(std::string const& session, LeaseName lease,
                                      std::string const& code, std::string const& text) {
  v1::ReleaseRequest request;
  request.set_session(session);
  *request.mutable_lease() = ToWire(lease);
  request.mutable_reason()->set_code(code);
  request.mutable_reason()->set_text(text);
  return Call(*stub(), &v1::WorkerService::Stub::Release, request, kTimeout).status();
}

}  // namespace probefarm
