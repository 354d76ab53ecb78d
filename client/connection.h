#pragma once

#include <grpcpp/client_context.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "lib/rpc/channel.h"
#include "lib/rpc/status.h"
#include "lib/tls/transport_rule.h"
#include "probefarm/v1/catalog.grpc.pb.h"
#include "probefarm/v1/jobs.grpc.pb.h"

namespace probefarm {

// The coordinator, as the client sees it. Thread-safe.
//
//   v1::CancelRequest request;
//   request.set_job(17);
//   ASSIGN_OR_RETURN(v1::CancelResponse const response,
//                    connection.Call(connection.jobs(), &v1::JobService::Stub::Cancel, request));
class Connection {
 public:
  // To ADDR:PORT, in plain text or over TLS. Errors are those of CheckClientTransport() and of the
  // files that it names. Does not connect yet: the first call does.
  static absl::StatusOr<std::unique_ptr<Connection>> Make(std::string address,
                                                          ClientTransport const& transport);

  // Owned by this. For calls that Call() cannot make, such as streams.
  v1::JobService::Stub& jobs() { return *jobs_; }
  v1::CatalogService::Stub& catalog() { return *catalog_; }

  // Calls `(stub.*method)`, a unary method, with a deadline of a minute, and blocks. Statuses are
  // the coordinator's; UNAVAILABLE and DEADLINE_EXCEEDED name the address and what to do. Nothing
  // is tried again.
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

  // The same status, with the address and what to do where nobody answered (UNAVAILABLE,
  // DEADLINE_EXCEEDED). Pure.
  absl::Status Explain(absl::Status const& status) const;

 private:
  // A backfill of many thousands of probes is planned within one call.
  static constexpr absl::Duration kTimeout = absl::Seconds(60);

  Connection(std::string address, std::shared_ptr<grpc::Channel> const& channel);

  std::string const address_;
  std::unique_ptr<v1::JobService::Stub> jobs_;
  std::unique_ptr<v1::CatalogService::Stub> catalog_;
};

}  // namespace probefarm
