#include "coordinator/web/http_server.h"

#include <microhttpd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "coordinator/web/mhd_exchange.h"

namespace probefarm {
namespace {

constexpr size_t kConnectionMemory = size_t{64} << 10;

struct DaemonDeleter {
  void operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }
};
using Daemon = std::unique_ptr<MHD_Daemon, DaemonDeleter>;

// url_path.h decodes, once and strictly.
size_t LeaveEncoded(void* /*cls*/, MHD_Connection* /*connection*/, char* text) {
  return std::strlen(text);
}

bool Advance(ExchangeContext& context, MHD_Connection* connection, char const* url,
             char const* method, char const* piece, size_t* size, void** state) {
  if (*state == nullptr) {
    auto* begun = new MhdExchange(context, connection, method, url);
    *state = begun;  // libmicrohttpd hands it to EndExchange()
    return begun->Begin();
  }
  auto* exchange = static_cast<MhdExchange*>(*state);
  if (*size == 0) return exchange->End();
  return exchange->TakeBody({piece, std::exchange(*size, 0)});
}

MHD_Result OnRequest(void* context, MHD_Connection* connection, char const* url, char const* method,
                     char const* /*version*/, char const* piece, size_t* size, void** state) {
  return Advance(*static_cast<ExchangeContext*>(context), connection, url, method, piece, size,
                 state)
             ? MHD_YES
             : MHD_NO;
}

void EndExchange(void* /*context*/, MHD_Connection* /*connection*/, void** state,
                 MHD_RequestTerminationCode /*how*/) {
  delete static_cast<MhdExchange*>(std::exchange(*state, nullptr));
}

Daemon StartDaemon(int listen_fd, HttpServerOptions const& options, ExchangeContext* context) {
  return Daemon(MHD_start_daemon(
      MHD_USE_AUTO_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, nullptr, nullptr, &OnRequest,
      context, MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_CONNECTION_LIMIT,
      options.max_connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
      options.max_connections_per_address, MHD_OPTION_CONNECTION_TIMEOUT,
      static_cast<unsigned>(absl::ToInt64Seconds(options.idle_timeout)),
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionMemory, MHD_OPTION_NOTIFY_COMPLETED,
      &EndExchange, nullptr, MHD_OPTION_UNESCAPE_CALLBACK, &LeaveEncoded, nullptr, MHD_OPTION_END));
}

}  // namespace

struct HttpServer::Impl {
  ExchangeContext context;
  uint16_t port = 0;
  Daemon daemon;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

// libmicrohttpd must not be stopped while a connection is suspended: after Stop() none is, and none
// will be.
HttpServer::~HttpServer() { impl_->context.workers.Stop(); }

uint16_t HttpServer::port() const { return impl_->port; }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(ListenSocket socket,
                                                              HttpRoutes routes,
                                                              HttpServerOptions options,
                                                              Metrics* metrics) {
  std::unique_ptr<Impl> impl(new Impl{.context = {.routes = std::move(routes),
                                                  .workers = HttpWorkers(options.threads),
                                                  .metrics = metrics,
                                                  .max_dropped_bytes = options.max_dropped_bytes},
                                      .port = socket.port()});
  int const listen_fd = std::move(socket).TakeFd().Release();
  impl->daemon = StartDaemon(listen_fd, options, &impl->context);
  if (impl->daemon == nullptr)
    return absl::UnavailableError(
        absl::StrCat("start the HTTP server on port ", impl->port, ": ", std::strerror(errno)));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

}  // namespace probefarm
