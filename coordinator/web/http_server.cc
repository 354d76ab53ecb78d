#include "coordinator/web/http_server.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/runtime/mutex.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using Daemons = std::vector<std::unique_ptr<MhdDaemon>>;

absl::StatusOr<UniqueFd> Duplicate(UniqueFd const& fd) {
  UniqueFd copy(fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy.valid()) return absl::ErrnoToStatus(errno, "duplicate the listening socket");
  return copy;
}

Daemons TakeIdle(Daemons& from) {
  Daemons idle;
  for (std::unique_ptr<MhdDaemon>& daemon : from)
    if (daemon->IsIdle()) idle.push_back(std::move(daemon));
  std::erase(from, nullptr);
  return idle;
}

}  // namespace

struct HttpServer::Impl {
  Impl(UniqueFd listener_in, uint16_t port_in, HttpServerOptions options_in, HttpRoutes routes,
       Metrics* metrics)
      : listener(std::move(listener_in)),
        port(port_in),
        options(options_in),
        shared{std::move(routes), HttpWorkers(options_in.threads), metrics,
               options_in.max_dropped_bytes} {}

  absl::StatusOr<std::unique_ptr<MhdDaemon>> StartDaemon(std::optional<HttpsPair> pair);

  UniqueFd const listener;
  uint16_t const port;
  HttpServerOptions const options;
  ExchangeShared shared;
  Mutex mu;
  Daemons retired GUARDED_BY(mu);
  std::unique_ptr<MhdDaemon> serving GUARDED_BY(mu);
};

absl::StatusOr<std::unique_ptr<MhdDaemon>> HttpServer::Impl::StartDaemon(
    std::optional<HttpsPair> pair) {
  ASSIGN_OR_RETURN(UniqueFd own, Duplicate(listener));
  return MhdDaemon::Start(std::move(own), options, std::move(pair), shared);
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

// libmicrohttpd must not be stopped while a connection is suspended: after Stop() none is, and none
// will be.
HttpServer::~HttpServer() { impl_->shared.workers.Stop(); }

uint16_t HttpServer::port() const { return impl_->port; }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(ListenSocket socket,
                                                              HttpRoutes routes,
                                                              HttpServerOptions options,
                                                              std::optional<HttpsPair> pair,
                                                              Metrics* metrics) {
  uint16_t const port = socket.port();
  auto impl =
      std::make_unique<Impl>(std::move(socket).TakeFd(), port, options, std::move(routes), metrics);
  ASSIGN_OR_RETURN(std::unique_ptr<MhdDaemon> daemon, impl->StartDaemon(std::move(pair)));
  {
    MutexLock lock(impl->mu);
    impl->serving = std::move(daemon);
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

// The new one begins before the old one ends, so that one that cannot begin changes nothing.
absl::Status HttpServer::UsePair(HttpsPair pair) {
  ASSIGN_OR_RETURN(std::unique_ptr<MhdDaemon> next, impl_->StartDaemon(std::move(pair)));
  MutexLock lock(impl_->mu);
  impl_->serving->Retire();
  impl_->retired.push_back(std::exchange(impl_->serving, std::move(next)));
  return absl::OkStatus();
}

void HttpServer::FreeRetired() {
  Daemons idle;
  MutexLock lock(impl_->mu);
  idle = TakeIdle(impl_->retired);
}

}  // namespace probefarm
