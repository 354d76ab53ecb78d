#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/web/http_routes.h"
#include "coordinator/web/listen_socket.h"
#include "coordinator/web/mhd_daemon.h"
#include "lib/metrics/metrics.h"

namespace probefarm {

// HTTP/1.1, or HTTPS alone, over libmicrohttpd: one epoll loop moves all bytes, so that a slow
// client holds no thread; handlers run on a few threads of their own. Counts
// probefarm_http_requests_total by route and status. Thread-safe. Stops when destroyed: handlers
// that run are waited for, open transfers are cut.
//
//   ASSIGN_OR_RETURN(ListenSocket socket, ListenSocket::Bind("127.0.0.1:0"));
//   HttpRoutes routes;
//   routes.Add(LivenessPage::kRoute, std::make_unique<LivenessPage>());
//   auto server = HttpServer::Start(std::move(socket), std::move(routes), {}, std::nullopt,
//                                   &metrics);
class HttpServer {
 public:
  // `metrics` must outlive the server. UNAVAILABLE when the loop cannot start. Answers requests
  // from now on, also before this returns. Takes the socket and the routes with their handlers.
  // With a pair it is HTTPS.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(ListenSocket socket, HttpRoutes routes,
                                                           HttpServerOptions options,
                                                           std::optional<HttpsPair> pair,
                                                           Metrics* metrics);
  ~HttpServer();

  HttpServer(HttpServer const&) = delete;
  HttpServer& operator=(HttpServer const&) = delete;

  // Serves new connections with another certificate. Those that stand are not cut: each is closed
  // after its answer. After an error everything is as it was.
  absl::Status UsePair(HttpsPair pair);
  // Frees what earlier certificates were served with, once their connections are gone: to be called
  // now and then, not right after UsePair().
  void FreeRetired();

  // The socket's.
  uint16_t port() const;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace probefarm
