#pragma once

#include "coordinator/inventory/inventory.h"
#include "coordinator/store/store.h"
#include "probefarm/v1/catalog.grpc.pb.h"

namespace probefarm {

// What clients call about what exists: kernels that feeds know, probes that are published.
// Thread-safe. Collaborators outlive it.
class CatalogApi final : public v1::CatalogService::CallbackService {
 public:
  CatalogApi(Store& store, InventoryBoard& inventory) : store_(store), inventory_(inventory) {}

  grpc::ServerUnaryReactor* ListKernels(grpc::CallbackServerContext* context,
                                        v1::ListKernelsRequest const* request,
                                        v1::ListKernelsResponse* response) override;
  grpc::ServerUnaryReactor* ListProbes(grpc::CallbackServerContext* context,
                                       v1::ListProbesRequest const* request,
                                       v1::ListProbesResponse* response) override;

 private:
  absl::Status FillKernels(v1::ListKernelsRequest const& request,
                           v1::ListKernelsResponse& response);

  Store& store_;
  InventoryBoard& inventory_;
};

}  // namespace probefarm
