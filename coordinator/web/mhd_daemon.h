#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/web/mhd_exchange.h"
#include "lib/files/unique_fd.h"

struct MHD_Daemon;

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

// What HTTPS is served with, as PEM: certificate and intermediates, and its key.
struct HttpsPair {
  std::string certificate;
  std::string key;
};

// One loop of libmicrohttpd, with the certificate that it began with. Several can listen at one
// socket: so a certificate is replaced, by a daemon that takes the new connections while the one
// before brings its own to an end.
class MhdDaemon {
 public:
  // Listens at `listener`, a descriptor of its own. `shared` must outlive it. HTTPS (TLS 1.2 or
  // later) with a pair, else plain text. UNAVAILABLE when the loop cannot start.
  static absl::StatusOr<std::unique_ptr<MhdDaemon>> Start(UniqueFd listener,
                                                          HttpServerOptions const& options,
                                                          std::optional<HttpsPair> pair,
                                                          ExchangeShared& shared);
  // Open transfers are cut. No request may be with a handler (HttpWorkers::Stop()).
  ~MhdDaemon();

  MhdDaemon(MhdDaemon const&) = delete;
  MhdDaemon& operator=(MhdDaemon const&) = delete;

  // Takes no new connection from now on, and closes each of the others after the answer to come.
  void Retire();
  // Whether it has no connection.
  bool IsIdle() const;

 private:
  struct Stop {
    void operator()(MHD_Daemon* daemon) const;
  };

  MhdDaemon(std::optional<HttpsPair> pair, ExchangeShared& shared);

  std::optional<HttpsPair> const pair_;  // libmicrohttpd reads it in place
  ExchangeContext context_;
  std::unique_ptr<MHD_Daemon, Stop> daemon_;
};

}  // namespace probefarm
