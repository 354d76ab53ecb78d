#include "coordinator/api/worker_api.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/api/acquire_reactor.h"
#include "coordinator/api/retry_delay.h"
#include "coordinator/api/session_token.h"
#include "coordinator/api/wire.h"
#include "lib/rpc/status.h"
#include "lib/runtime/log.h"

namespace probefarm {
namespace {

constexpr int kMaxHeld = 4096;
constexpr int kMaxSlots = 1024;
constexpr size_t kMaxWorkerId = 200;
constexpr size_t kMaxLogBytes = 1 << 20;

grpc::ServerUnaryReactor* Finished(grpc::CallbackServerContext* context,
                                   absl::Status const& status) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(status));
  return reactor;
}

absl::Status CheckOpenSession(v1::OpenSessionRequest const& request) {
  if (request.worker_id().empty() || request.worker_id().size() > kMaxWorkerId) {
    return absl::InvalidArgumentError(
        absl::StrCat("worker_id must have 1 to ", kMaxWorkerId, " bytes"));
  }
  if (request.slots() < 1 || request.slots() > kMaxSlots) {
    return absl::InvalidArgumentError(
        absl::StrCat("slots ", request.slots(), " is not between 1 and ", kMaxSlots));
  }
  if (request.held_size() > kMaxHeld) {
    return absl::InvalidArgumentError(absl::StrCat("more than ", kMaxHeld, " held leases"));
  }
  return absl::OkStatus();
}

LeaseRef RefOf(std::string const& session, v1::LeaseName const& name) {
  return {FromWire(name), session};
}

void Fill(OfferAnswer const& answer, v1::ReportArtifactResponse& response) {
  if (auto const* grant = std::get_if<UploadGrant>(&answer))
    *response.mutable_grant() = ToWire(*grant);
  if (auto const* wait = std::get_if<WaitUntil>(&answer)) *response.mutable_wait() = ToWire(*wait);
  if (auto const* there = std::get_if<AlreadyPublished>(&answer)) {
    *response.mutable_already_published() = ToWire(there->reason);
  }
  if (auto const* conflict = std::get_if<PublishConflict>(&answer)) {
    *response.mutable_conflict() = ToWire(conflict->reason);
  }
}

void Fill(UploadReportAnswer const& answer, v1::ReportUploadResponse& response) {
  if (auto const* done = std::get_if<UploadDone>(&answer))
    *response.mutable_done() = ToWire(done->reason);
  if (auto const* grant = std::get_if<UploadGrant>(&answer))
    *response.mutable_retry() = ToWire(*grant);
  if (auto const* wait = std::get_if<WaitUntil>(&answer)) *response.mutable_wait() = ToWire(*wait);
  if (auto const* conflict = std::get_if<PublishConflict>(&answer)) {
    *response.mutable_fail() = ToWire(conflict->reason);
  }
}

UploadReport ReportOf(v1::ReportUploadRequest const& request) {
  UploadReport report;
  report.http_status = request.http_status();
  report.headers.insert(request.headers().begin(), request.headers().end());
  report.body = request.body();
  report.error = request.error();
  return report;
}

}  // namespace

WorkerApi::WorkerApi(Store& store, Dispatcher& dispatcher, PhaseBoard& phases, Publisher& publisher,
                     Executor& executor, Metrics& metrics, Clock& clock, WorkerApiOptions options)
    : store_(store),
      dispatcher_(dispatcher),
      phases_(phases),
      publisher_(publisher),
      executor_(executor),
      metrics_(metrics),
      clock_(clock),
      options_(options),
      log_bytes_(options.log_bytes_per_second, options.log_bytes_per_second, clock) {
  CountRejected(0);
}

void WorkerApi::CountRejected(int by) {
  metrics_.Count("probefarm_stale_epoch_rejected_total",
                 "Writes of workers whose lease or session was over", {}, by);
}

grpc::Status WorkerApi::Refused(absl::Status const& status) {
  if (absl::IsAborted(status)) CountRejected(1);
  return ToGrpc(status);
}

grpc::ServerUnaryReactor* WorkerApi::OpenSession(grpc::CallbackServerContext* context,
                                                 v1::OpenSessionRequest const* request,
                                                 v1::OpenSessionResponse* response) {
  if (absl::Status const checked = CheckOpenSession(*request); !checked.ok())
    return Finished(context, checked);
  absl::StatusOr<Capabilities> capabilities = FromWire(request->capabilities());
  if (!capabilities.ok()) return Finished(context, capabilities.status());
  NewSession session;
  session.session = NewSessionToken(request->worker_id());
  session.worker = request->worker_id();
  session.capabilities = *std::move(capabilities);
  session.slots = request->slots();
  for (v1::LeaseName const& held : request->held()) session.held.push_back(FromWire(held));
  response->set_session(session.session);
  *response->mutable_ttl() = ToWire(options_.session_ttl);
  Log(LogLevel::kInfo, "session opened",
      {{"worker", session.worker},
       {"slots", session.slots},
       {"engine", session.capabilities.engine},
       {"held", session.held.size()}});
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.OpenSession(std::move(session), [reactor, response](absl::StatusOr<OpenedSession> opened) {
    if (opened.ok()) {
      for (LeaseVerdict const verdict : opened->verdicts) response->add_verdicts(ToWire(verdict));
    }
    reactor->Finish(ToGrpc(opened.status()));
  });
  return reactor;
}

grpc::ServerUnaryReactor* WorkerApi::Acquire(grpc::CallbackServerContext* context,
                                             v1::AcquireRequest const* request,
                                             v1::AcquireResponse* response) {
  if (request->request_id().empty())
    return Finished(context, absl::InvalidArgumentError("request_id is empty"));
  if (request->free_slots() < 1 || request->free_slots() > kMaxSlots) {
    return Finished(context,
                    absl::InvalidArgumentError(absl::StrCat("free_slots ", request->free_slots(),
                                                            " is not between 1 and ", kMaxSlots)));
  }
  absl::Duration const wait =
      std::clamp(FromWire(request->wait()), absl::ZeroDuration(), options_.max_wait);
  auto* const reactor = new AcquireReactor(dispatcher_, context, response);
  reactor->Start({request->session(), request->request_id(), request->free_slots()},
                 {wait, request->ahead()});
  return reactor;
}

grpc::ServerUnaryReactor* WorkerApi::Heartbeat(grpc::CallbackServerContext* context,
                                               v1::HeartbeatRequest const* request,
                                               v1::HeartbeatResponse* response) {
  if (request->held_size() > kMaxHeld) {
    return Finished(
        context, absl::InvalidArgumentError(absl::StrCat("more than ", kMaxHeld, " held leases")));
  }
  if (request->free_slots() < 0 || request->free_slots() > kMaxSlots) {
    return Finished(context,
                    absl::InvalidArgumentError(absl::StrCat("free_slots ", request->free_slots(),
                                                            " is not between 0 and ", kMaxSlots)));
  }
  absl::StatusOr<std::optional<int64_t>> const free_disk =
      FreeDiskFromWire(request->free_disk_bytes());
  if (!free_disk.ok()) return Finished(context, free_disk.status());
  HeartbeatRequest heartbeat{
      request->session(), {}, request->free_slots(), request->draining(), *free_disk};
  std::vector<LeaseProgress> progress;
  for (v1::HeldLease const& held : request->held()) {
    heartbeat.held.push_back(FromWire(held.name()));
    progress.push_back(FromWire(held));
  }
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.Heartbeat(std::move(heartbeat), [this, reactor, request, response,
                                          progress = std::move(progress)](
                                             absl::StatusOr<HeartbeatAnswer> answer) mutable {
    if (answer.ok()) {
      phases_.Update(request->session(), std::move(progress), request->draining(), clock_.Now());
      for (LeaseVerdict const verdict : answer->verdicts) response->add_verdicts(ToWire(verdict));
      response->set_drain(answer->drain);
    }
    reactor->Finish(ToGrpc(answer.status()));
  });
  return reactor;
}

grpc::ServerUnaryReactor* WorkerApi::AppendLog(grpc::CallbackServerContext* context,
                                               v1::AppendLogRequest const* request,
                                               v1::AppendLogResponse* response) {
  if (request->data().size() > kMaxLogBytes || request->offset() < 0) {
    return Finished(
        context, absl::InvalidArgumentError(absl::StrCat("a log piece has at most ", kMaxLogBytes,
                                                         " bytes and an offset of 0 or more")));
  }
  if (absl::Duration const wait = log_bytes_.Take(static_cast<double>(request->data().size()));
      wait > absl::ZeroDuration()) {
    AskToComeBack(*context, wait);
    return Finished(context, absl::ResourceExhaustedError("logs come too fast: send it later"));
  }
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.AppendLog(RefOf(request->session(), request->lease()), request->offset(), request->data(),
                   [this, reactor, response](absl::StatusOr<int64_t> length) {
                     if (length.ok()) response->set_length(*length);
                     reactor->Finish(Refused(length.status()));
                   });
  return reactor;
}

grpc::ServerUnaryReactor* WorkerApi::ReportArtifact(grpc::CallbackServerContext* context,
                                                    v1::ReportArtifactRequest const* request,
                                                    v1::ReportArtifactResponse* response) {
  absl::StatusOr<Artifact> artifact = FromWire(request->artifact());
  if (!artifact.ok()) return Finished(context, artifact.status());
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  executor_.Run([this, reactor, request, response, artifact = *std::move(artifact)] {
    absl::StatusOr<OfferAnswer> const answer =
        publisher_.Offer(RefOf(request->session(), request->lease()), artifact);
    if (answer.ok()) Fill(*answer, *response);
    reactor->Finish(Refused(answer.status()));
  });
  return reactor;
}

grpc::ServerUnaryReactor* WorkerApi::ReportUpload(grpc::CallbackServerContext* context,
                                                  v1::ReportUploadRequest const* request,
                                                  v1::ReportUploadResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  executor_.Run([this, reactor, request, response] {
    absl::StatusOr<UploadReportAnswer> const answer =
        publisher_.Report(RefOf(request->session(), request->lease()), ReportOf(*request));
    if (answer.ok()) Fill(*answer, *response);
    reactor->Finish(Refused(answer.status()));
  });
  return reactor;
}

grpc::ServerUnaryReactor* WorkerApi::Complete(grpc::CallbackServerContext* context,
                                              v1::CompleteRequest const* request,
                                              v1::CompleteResponse*) {
  JobEvent event;
  if (request->outcome() == v1::CompleteRequest::PERMANENT_FAILURE) {
    event = job_event::PermanentFailure{FromWire(request->reason())};
  } else if (request->outcome() == v1::CompleteRequest::TRANSIENT_FAILURE) {
    event = job_event::TransientFailure{FromWire(request->reason())};
  } else {
    return Finished(context,
                    absl::InvalidArgumentError("outcome is neither permanent nor transient"));
  }
  Log(LogLevel::kInfo, "run failed",
      {{"job", request->lease().job()},
       {"epoch", request->lease().epoch()},
       {"event", EventName(event)},
       {"code", request->reason().code()},
       {"text", request->reason().text()}});
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.ApplyToLease(
      RefOf(request->session(), request->lease()), std::move(event),
      [this, reactor](absl::StatusOr<Job> const& job) { reactor->Finish(Refused(job.status())); });
  return reactor;
}

grpc::ServerUnaryReactor* WorkerApi::Release(grpc::CallbackServerContext* context,
                                             v1::ReleaseRequest const* request,
                                             v1::ReleaseResponse*) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  store_.ApplyToLease(
      RefOf(request->session(), request->lease()), job_event::Release{FromWire(request->reason())},
      [this, reactor](absl::StatusOr<Job> const& job) { reactor->Finish(Refused(job.status())); });
  return reactor;
}

}  // namespace probefarm
