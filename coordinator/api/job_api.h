#pragma once

#include <functional>
#include <string>

#include "coordinator/api/status_call.h"
#include "coordinator/backfill/backfiller.h"
#include "coordinator/backfill/enqueuer.h"
#include "coordinator/inventory/inventory.h"
#include "coordinator/leasing/phase_board.h"
#include "coordinator/store/store.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/executor.h"
#include "probefarm/v1/jobs.grpc.pb.h"

namespace probefarm {

// What clients call about work. Reactors never block: what must wait runs on `executor`.
// Thread-safe. Collaborators outlive it.
//
// Errors are the collaborators' own, mapped by lib/rpc/status.h; INVALID_ARGUMENT for a filter or
// page that cannot be.
class JobApi final : public v1::JobService::CallbackService {
 public:
  // `executor` must have ended, or have nothing of this left to do, before this is destroyed.
  JobApi(Store& store, Backfiller& backfiller, Enqueuer& enqueuer, InventoryBoard& inventory,
         PhaseBoard& phases, Executor& executor, Clock& clock, ServerFacts facts);

  // Answers when all is enqueued. At most 1000 excluded probes are listed; the total counts all.
  grpc::ServerUnaryReactor* Backfill(grpc::CallbackServerContext* context,
                                     v1::BackfillRequest const* request,
                                     v1::BackfillResponse* response) override;
  // NOT_FOUND. A backfill is done when its jobs are final and the side files of their releases
  // written.
  grpc::ServerUnaryReactor* GetBackfill(grpc::CallbackServerContext* context,
                                        v1::GetBackfillRequest const* request,
                                        v1::GetBackfillResponse* response) override;
  // See EnqueueCall.
  grpc::ServerUnaryReactor* Enqueue(grpc::CallbackServerContext* context,
                                    v1::EnqueueRequest const* request,
                                    v1::EnqueueResponse* response) override;
  // Newest first; pages of 1 to 1000, 100 unless asked otherwise.
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 v1::ListJobsRequest const* request,
                                 v1::ListJobsResponse* response) override;
  // The job and its spec. NOT_FOUND.
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                v1::GetJobRequest const* request,
                                v1::GetJobResponse* response) override;
  // Asks store and release host, on the executor. NOT_FOUND.
  grpc::ServerUnaryReactor* Explain(grpc::CallbackServerContext* context,
                                    v1::ExplainRequest const* request,
                                    v1::ExplainResponse* response) override;
  // See WatchReactor. INVALID_ARGUMENT for a negative revision.
  grpc::ServerWriteReactor<v1::WatchResponse>* Watch(grpc::CallbackServerContext* context,
                                                     v1::WatchRequest const* request) override;
  // See TailLogReactor.
  grpc::ServerWriteReactor<v1::TailLogResponse>* TailLog(
      grpc::CallbackServerContext* context, v1::TailLogRequest const* request) override;
  // NOT_FOUND; FAILED_PRECONDITION "uploading" once a grant is out, or when the job is final.
  grpc::ServerUnaryReactor* Cancel(grpc::CallbackServerContext* context,
                                   v1::CancelRequest const* request,
                                   v1::CancelResponse* response) override;
  // NOT_FOUND; FAILED_PRECONDITION for a job that is unfinished or published, or whose probe has
  // another unfinished job (I7).
  grpc::ServerUnaryReactor* Retry(grpc::CallbackServerContext* context,
                                  v1::RetryRequest const* request,
                                  v1::RetryResponse* response) override;
  // See Store::SetPaused() and SetDrained().
  grpc::ServerUnaryReactor* Pause(grpc::CallbackServerContext* context,
                                  v1::PauseRequest const* request,
                                  v1::PauseResponse* response) override;
  grpc::ServerUnaryReactor* Resume(grpc::CallbackServerContext* context,
                                   v1::ResumeRequest const* request,
                                   v1::ResumeResponse* response) override;
  grpc::ServerUnaryReactor* DrainWorker(grpc::CallbackServerContext* context,
                                        v1::DrainWorkerRequest const* request,
                                        v1::DrainWorkerResponse* response) override;
  grpc::ServerUnaryReactor* ResumeWorker(grpc::CallbackServerContext* context,
                                         v1::ResumeWorkerRequest const* request,
                                         v1::ResumeWorkerResponse* response) override;
  // The last session of every worker that is remembered, the lost ones too.
  grpc::ServerUnaryReactor* ListWorkers(grpc::CallbackServerContext* context,
                                        v1::ListWorkersRequest const* request,
                                        v1::ListWorkersResponse* response) override;
  // Asks store and release host, on the executor. A host in trouble is part of the answer, not an
  // error of the call.
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      v1::GetStatusRequest const* request,
                                      v1::GetStatusResponse* response) override;

 private:
  // With the phase that its worker last reported.
  v1::Job Wire(Job const& job) const;

  Store& store_;
  Backfiller& backfiller_;
  Enqueuer& enqueuer_;
  InventoryBoard& inventory_;
  PhaseBoard& phases_;
  Executor& executor_;
  Clock& clock_;
  ServerFacts const facts_;
};

}  // namespace probefarm
