#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "coordinator/config/coordinator_config.h"

namespace probefarm {

// What the command line says; everything else is in the configuration.
struct ServerOptions {
  std::string data_dir;
  std::string listen;  // ADDR:PORT for gRPC
  std::string http;    // ADDR:PORT for HTTP
  std::string version;
};

// The coordinator, whole: the one place that names concrete classes together. Serves from Start()
// until destruction, which stops in order: no new grants, waiting polls are answered, RPCs finish,
// background work ends, the store is closed.
class CoordinatorServer {
 public:
  // Errors name what is in the way: a port in use, a data directory of another coordinator, an
  // archive that is no image.
  static absl::StatusOr<std::unique_ptr<CoordinatorServer>> Start(CoordinatorConfig config,
                                                                  ServerOptions options);
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
