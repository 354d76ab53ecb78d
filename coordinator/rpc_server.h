#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace grpc {
class Server;
class ServerCredentials;
class Service;
}  // namespace grpc

namespace probefarm {

// The gRPC port: the services, grpc.health.v1, and reflection if wanted. Thread-safe.
class RpcServer {
 public:
  // FAILED_PRECONDITION names an address that cannot be listened at. The services outlive the
  // server. `address` is ADDR:PORT, where port 0 takes a free one, or "unix:PATH". Serves when this
  // returns, and the health service says SERVING. Keeps the credentials as long as it serves.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(
      std::string const& address, std::shared_ptr<grpc::ServerCredentials> credentials,
      bool reflection, std::vector<grpc::Service*> const& services);
  // Finishes what runs, but for calls that take longer than a few seconds: these are cancelled. A
  // callback call is only over when its reactor has finished, so answer waiting polls first
  // (Dispatcher::StopGranting).
  ~RpcServer();

  RpcServer(RpcServer const&) = delete;
  RpcServer& operator=(RpcServer const&) = delete;

  // The health service says NOT_SERVING from now on. Calls are served as before.
  void BeginShutdown();

  // With the port that was taken: "127.0.0.1:7600".
  std::string const& address() const { return address_; }

 private:
  RpcServer(std::shared_ptr<grpc::ServerCredentials> credentials,
            std::unique_ptr<grpc::Server> server, std::string address);

  std::shared_ptr<grpc::ServerCredentials> const credentials_;
  std::unique_ptr<grpc::Server> server_;
  std::string const address_;
};

}  // namespace probefarm
