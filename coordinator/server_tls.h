#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "absl/status/statusor.h"
#include "coordinator/web/http_server.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/clock.h"
#include "lib/tls/tls_watch.h"

namespace probefarm {

// The coordinator's certificate, for both ports, as it is replaced on the disk: gRPC asks for it at
// each handshake, HTTP is told. Not thread-safe, but that gRPC may ask at any time.
class ServerTls {
 public:
  // Reads the files, whose errors are TlsWatch's; warns when `files` names no CA for workers. What
  // it refers to must outlive it.
  static absl::StatusOr<std::unique_ptr<ServerTls>> Open(TlsFiles const& files, Clock const& clock,
                                                         Metrics& metrics);

  // For a gRPC server that this outlives.
  std::shared_ptr<grpc::ServerCredentials> GrpcCredentials() const;
  // What HTTP begins with.
  HttpsPair Pair() const;

  // Looks at the files, and has `http` use what is new there. What HTTP cannot use is tried again
  // at the next run. probefarm_tls_certificate_ends_seconds tells when the certificate ends.
  void RunOnce(HttpServer& http);

 private:
  ServerTls(std::unique_ptr<TlsWatch> watch, Metrics& metrics, bool identifies_workers);
  void ShowEnd();

  std::unique_ptr<TlsWatch> const watch_;
  Metrics& metrics_;
  bool const identifies_workers_;
  std::shared_ptr<TlsCredentials const> https_;  // what HTTP has
};

}  // namespace probefarm
