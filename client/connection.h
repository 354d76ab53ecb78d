#pragma once

#include <grpcpp/client_context.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "lib/rpc/channel.h"
#include "lib/rpc/status.h"
#include "probefarm/v1/catalog.grpc.pb.h"
#include "probefarm/v1/jobs.grpc.pb.h"

namespace probefarm {

// The coordinator, as the client sees it. Thread-safe.
class Connection {
 public:
  explicit Connection(std::string address);

  v1::JobService::Stub& jobs() { return *jobs_; }
  v1::CatalogService::Stub& catalog() { return *catalog_; }

  // Calls `(stub.*method)` with a deadline. UNAVAILABLE names the address and what to do.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Call(Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, Request const&,
                                                             Response*),
                                Request const& request) {
    grpc::ClientContext context;
    SetDeadline(context, kTimeout);
    Response response;
    absl::Status const status = Explain(FromGrpc((stub.*method)(&context, request, &response)));
    if (!status.ok()) return status;
    return response;
  }

  // The same status, with the address where nobody answered.
  absl::Status Explain(absl::Status const& status) const;

 private:
  static constexpr absl::Duration kTimeout = absl::Seconds(60);

  std::string const address_;
  std::unique_ptr<v1::JobService::Stub> jobs_;
  std::unique_ptr<v1::CatalogService::Stub> catalog_;
};

}  // namespace probefarm
