#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/web/http_routes.h"
#include "coordinator/web/listen_socket.h"
#include "lib/metrics/metrics.h"

namespace probefarm {

// Bounds on what clients can make the server hold.
struct HttpServerOptions {
  // A connection beyond either limit is not served.
  unsigned max_connections = 512;
  unsigned max_connections_per_address = 128;
  // A connection on which nothing moves for so long is closed.
  absl::Duration idle_timeout = absl::Seconds(60);  // whole seconds
  int threads = 4;                                  // that handlers block

  // Of a request's body that has its answer already; beyond, the connection is closed.
  int64_t max_dropped_bytes = int64_t{64} << 20;
};

// HTTP/1.1 over libmicrohttpd: one epoll loop moves all bytes, so that a slow client holds no
// thread; handlers run on a few threads of their own. Counts probefarm_http_requests_total by route
// and status. Thread-safe. Stops when destroyed: handlers that run are waited for, open transfers
// are cut.
//
//   ASSIGN_OR_RETURN(ListenSocket socket, ListenSocket::Bind("127.0.0.1:0"));
//   HttpRoutes routes;
//   routes.Add(LivenessPage::kRoute, std::make_unique<LivenessPage>());
//   auto server = HttpServer::Start(std::move(socket), std::move(routes), {}, &metrics);
class HttpServer {
 public:
  // `metrics` must outlive the server. UNAVAILABLE when the loop cannot start. Answers requests
  // from now on, also before this returns. Takes the socket and the routes with their handlers.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(ListenSocket socket, HttpRoutes routes,
                                                           HttpServerOptions options,
                                                           Metrics* metrics);
  ~HttpServer();

  HttpServer(HttpServer const&) = delete;
  HttpServer& operator=(HttpServer const&) = delete;

  // The socket's.
  uint16_t port() const;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace probefarm
