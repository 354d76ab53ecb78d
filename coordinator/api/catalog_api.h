#pragma once

#include <functional>
#include <utility>

#include "coordinator/inventory/inventory.h"
#include "coordinator/releases/reconciler.h"
#include "coordinator/releases/withdrawer.h"
#include "coordinator/store/store.h"
#include "lib/runtime/executor.h"
#include "probefarm/v1/catalog.grpc.pb.h"

namespace probefarm {

// What clients call about what exists: kernels that feeds know, probes that are published.
// Thread-safe. Collaborators outlive it. Errors: INVALID_ARGUMENT for a filter, a page size (1 to
// 1000; 0 means 500) or a page token that cannot be; else the store's.
class CatalogApi final : public v1::CatalogService::CallbackService {
 public:
  // `reconciled` answers the report of the reconciler's last pass, at once. `executor` runs what
  // blocks.
  CatalogApi(Store& store, InventoryBoard& inventory, Withdrawer& withdrawer, Executor& executor,
             std::function<ReconcileReport()> reconciled)
      : store_(store),
        inventory_(inventory),
        withdrawer_(withdrawer),
        executor_(executor),
        reconciled_(std::move(reconciled)) {}

  // Answers from memory, at once. Of the filter, target, arch and the expression over `uname -r`
  // count. A page begins at a place of the present list, so a feed that is read meanwhile may shift
  // it.
  grpc::ServerUnaryReactor* ListKernels(grpc::CallbackServerContext* context,
                                        v1::ListKernelsRequest const* request,
                                        v1::ListKernelsResponse* response) override;
  // Assets that the release host lost are listed too, marked as missing.
  grpc::ServerUnaryReactor* ListProbes(grpc::CallbackServerContext* context,
                                       v1::ListProbesRequest const* request,
                                       v1::ListProbesResponse* response) override;
  // Answers from memory, at once.
  grpc::ServerUnaryReactor* GetReleases(grpc::CallbackServerContext* context,
                                        v1::GetReleasesRequest const* request,
                                        v1::GetReleasesResponse* response) override;
  grpc::ServerUnaryReactor* WithdrawProbe(grpc::CallbackServerContext* context,
                                          v1::WithdrawProbeRequest const* request,
                                          v1::WithdrawProbeResponse* response) override;
  grpc::ServerUnaryReactor* ListWithdrawals(grpc::CallbackServerContext* context,
                                            v1::ListWithdrawalsRequest const* request,
                                            v1::ListWithdrawalsResponse* response) override;

 private:
  absl::Status FillKernels(v1::ListKernelsRequest const& request,
                           v1::ListKernelsResponse& response);

  Store& store_;
  InventoryBoard& inventory_;
  Withdrawer& withdrawer_;
  Executor& executor_;
  std::function<ReconcileReport()> const reconciled_;
};

}  // namespace probefarm
