#pragma once

#include <functional>
#include <string>

#include "absl/time/time.h"
#include "coordinator/backfill/backfiller.h"
#include "coordinator/inventory/inventory.h"
#include "coordinator/leasing/phase_board.h"
#include "coordinator/store/store.h"
#include "lib/runtime/executor.h"
#include "probefarm/v1/jobs.grpc.pb.h"

namespace probefarm {

// What a status answer says that nobody but the server knows.
struct ServerFacts {
  std::string version;
  absl::Time started_at;
  std::string download_url;                    // releases are below this
  std::function<absl::Status()> release_host;  // is it reachable? Called on the executor
};

// What clients call about work. Reactors never block: what must wait runs on `executor`.
// Thread-safe. Collaborators outlive it.
class JobApi final : public v1::JobService::CallbackService {
 public:
  JobApi(Store& store, Backfiller& backfiller, InventoryBoard& inventory, PhaseBoard& phases,
         Executor& executor, ServerFacts facts);

  grpc::ServerUnaryReactor* Backfill(grpc::CallbackServerContext* context,
                                     v1::BackfillRequest const* request,
                                     v1::BackfillResponse* response) override;
  grpc::ServerUnaryReactor* GetBackfill(grpc::CallbackServerContext* context,
                                        v1::GetBackfillRequest const* request,
                                        v1::GetBackfillResponse* response) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 v1::ListJobsRequest const* request,
                                 v1::ListJobsResponse* response) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                v1::GetJobRequest const* request,
                                v1::GetJobResponse* response) override;
  grpc::ServerWriteReactor<v1::TailLogResponse>* TailLog(
      grpc::CallbackServerContext* context, v1::TailLogRequest const* request) override;
  grpc::ServerUnaryReactor* Cancel(grpc::CallbackServerContext* context,
                                   v1::CancelRequest const* request,
                                   v1::CancelResponse* response) override;
  grpc::ServerUnaryReactor* Retry(grpc::CallbackServerContext* context,
                                  v1::RetryRequest const* request,
                                  v1::RetryResponse* response) override;
  grpc::ServerUnaryReactor* ListWorkers(grpc::CallbackServerContext* context,
                                        v1::ListWorkersRequest const* request,
                                        v1::ListWorkersResponse* response) override;
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      v1::GetStatusRequest const* request,
                                      v1::GetStatusResponse* response) override;

 private:
  v1::Job Wire(Job const& job) const;
  absl::Status FillStatus(v1::GetStatusResponse& response);

  Store& store_;
  Backfiller& backfiller_;
  InventoryBoard& inventory_;
  PhaseBoard& phases_;
  Executor& executor_;
  ServerFacts const facts_;
};

}  // namespace probefarm
