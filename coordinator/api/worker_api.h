#pragma once

#include <string>

#include "coordinator/leasing/dispatcher.h"
#include "coordinator/leasing/phase_board.h"
#include "coordinator/publishing/publisher.h"
#include "coordinator/store/store.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/token_bucket.h"
#include "probefarm/v1/worker.grpc.pb.h"

namespace probefarm {

struct WorkerApiOptions {
  // Told to the worker, which derives its heartbeat and its own fence from it.
  absl::Duration session_ttl = absl::Seconds(30);
  absl::Duration max_wait = absl::Seconds(30);  // of one Acquire
  // Of all workers together; beyond it they are asked to come back later.
  double log_bytes_per_second = 64e6;
};

// What workers call: validates, calls, maps the status. Reactors never block: the store answers on
// its own threads, and what must wait for the release host runs on `executor`. Thread-safe.
// Collaborators outlive it.
//
// ABORTED tells a worker that its lease or session is over: what comes from a stale one changes
// nothing (I4). Logs, artifacts, upload reports and outcomes that are refused so are counted in
// probefarm_stale_epoch_rejected_total.
// proto/probefarm/v1/worker.proto explains the calls to those who make them.
//
//   OpenSession, Heartbeat, AppendLog, Complete, Release  ─► Store, finished by its callback
//   Acquire                                               ─► Dispatcher, finished by its callback
//   ReportArtifact, ReportUpload                          ─► Executor ─► Publisher, which may block
class WorkerApi final : public v1::WorkerService::CallbackService {
 public:
  // `executor` must have ended, or have nothing of this left to do, before this is destroyed.
  WorkerApi(Store& store, Dispatcher& dispatcher, PhaseBoard& phases, Publisher& publisher,
            Executor& executor, Metrics& metrics, Clock& clock, WorkerApiOptions options);

  // Makes the session's name. INVALID_ARGUMENT: a worker id that is empty or over 200 bytes, slots
  // outside 1 to 1024, more than 4096 leases.
  grpc::ServerUnaryReactor* OpenSession(grpc::CallbackServerContext* context,
                                        v1::OpenSessionRequest const* request,
                                        v1::OpenSessionResponse* response) override;
  // Finished by the dispatcher; a longer wait than `max_wait` is cut to it. INVALID_ARGUMENT: no
  // request id, free slots outside 1 to 1024. RESOURCE_EXHAUSTED, with a retry delay, when too many
  // workers wait.
  grpc::ServerUnaryReactor* Acquire(grpc::CallbackServerContext* context,
                                    v1::AcquireRequest const* request,
                                    v1::AcquireResponse* response) override;
  // The phases that it carries reach the board only when the store accepted the heartbeat.
  grpc::ServerUnaryReactor* Heartbeat(grpc::CallbackServerContext* context,
                                      v1::HeartbeatRequest const* request,
                                      v1::HeartbeatResponse* response) override;
  // INVALID_ARGUMENT for a piece over 1 MiB; OUT_OF_RANGE for a gap; RESOURCE_EXHAUSTED, with a
  // retry delay, when all logs together come too fast.
  grpc::ServerUnaryReactor* AppendLog(grpc::CallbackServerContext* context,
                                      v1::AppendLogRequest const* request,
                                      v1::AppendLogResponse* response) override;
  // On the executor: the publisher asks the release host. INVALID_ARGUMENT for what is no SHA-256
  // or an empty file.
  grpc::ServerUnaryReactor* ReportArtifact(grpc::CallbackServerContext* context,
                                           v1::ReportArtifactRequest const* request,
                                           v1::ReportArtifactResponse* response) override;
  // On the executor, like ReportArtifact().
  grpc::ServerUnaryReactor* ReportUpload(grpc::CallbackServerContext* context,
                                         v1::ReportUploadRequest const* request,
                                         v1::ReportUploadResponse* response) override;
  // A failure, permanent or transient. INVALID_ARGUMENT for any other outcome: success is
  // ReportArtifact().
  grpc::ServerUnaryReactor* Complete(grpc::CallbackServerContext* context,
                                     v1::CompleteRequest const* request,
                                     v1::CompleteResponse* response) override;
  // See job_event::Release.
  grpc::ServerUnaryReactor* Release(grpc::CallbackServerContext* context,
                                    v1::ReleaseRequest const* request,
                                    v1::ReleaseResponse* response) override;

 private:
  // Counts refused stale writes, then the status as gRPC has it.
  grpc::Status Refused(absl::Status const& status);
  // By 0 from the start, so that the first one is an increase too.
  void CountRejected(int by);

  Store& store_;
  Dispatcher& dispatcher_;
  PhaseBoard& phases_;
  Publisher& publisher_;
  Executor& executor_;
  Metrics& metrics_;
  Clock& clock_;
  WorkerApiOptions const options_;
  TokenBucket log_bytes_;
};

}  // namespace probefarm
