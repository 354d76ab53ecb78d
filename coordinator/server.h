#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "coordinator/config/coordinator_config.h"

namespace probefarm {

// What the command line says; everything else is in the configuration. Addresses are ADDR:PORT,
// where port 0 takes a free one.
struct ServerOptions {
  // Made when it is missing. Holds the database and the feeds' caches.
  std::string data_dir;
  std::string listen;     // ADDR:PORT for gRPC
  std::string http;       // ADDR:PORT for HTTP
  bool insecure = false;  // plain text also where other machines can listen
  std::string version;
};

// The coordinator, whole: the one place that names concrete classes together. Serves from Start()
// until destruction, which stops in order: no new grants, waiting polls are answered, RPCs finish,
// background work ends, the store is closed.
//
//   ASSIGN_OR_RETURN(CoordinatorConfig config, LoadConfig(path));
//   ASSIGN_OR_RETURN(auto server, CoordinatorServer::Start(std::move(config), options));
//   stop.get_future().wait();  // it serves on threads of its own
class CoordinatorServer {
 public:
  // Errors name what is in the way: an address that is not this machine's alone without TLS, a
  // certificate that is none, a port in use, a data directory of another coordinator, an archive
  // that is no image. Blocks for some seconds: opens the database and hashes the builder
  // images. Feeds are read in the background, so kernels are known a little later. What had begun
  // is ended again when a part fails.
  static absl::StatusOr<std::unique_ptr<CoordinatorServer>> Start(CoordinatorConfig config,
                                                                  ServerOptions options);
  // Waits for all of that. Leases live on: workers that come back within the ttl after a restart go
  // on with their builds.
  ~CoordinatorServer();

  CoordinatorServer(CoordinatorServer const&) = delete;
  CoordinatorServer& operator=(CoordinatorServer const&) = delete;

  // Where it serves, ports resolved: "127.0.0.1:7600".
  std::string const& grpc_address() const;
  std::string const& http_address() const;

 private:
  struct Parts;
  explicit CoordinatorServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace probefarm
