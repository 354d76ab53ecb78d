#include "coordinator/web/mhd_daemon.h"

#include <microhttpd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

constexpr size_t kConnectionMemory = size_t{64} << 10;
constexpr char kTlsVersions[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

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

// Empty in plain text.
std::vector<MHD_OptionItem> HttpsOptions(std::optional<HttpsPair> const& pair) {
  std::vector<MHD_OptionItem> options;
  auto const add = [&options](MHD_OPTION option, char const* text) {
    options.push_back({option, 0, const_cast<char*>(text)});
  };
  if (pair) {
    add(MHD_OPTION_HTTPS_MEM_CERT, pair->certificate.c_str());
    add(MHD_OPTION_HTTPS_MEM_KEY, pair->key.c_str());
    add(MHD_OPTION_HTTPS_PRIORITIES, kTlsVersions);
  }
  add(MHD_OPTION_END, nullptr);
  return options;
}

MHD_Daemon* StartDaemon(int listener, HttpServerOptions const& options,
                        std::optional<HttpsPair> const& pair, ExchangeContext* context) {
  std::vector<MHD_OptionItem> const https = HttpsOptions(pair);
  unsigned flags = MHD_USE_AUTO_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
  if (pair) flags |= MHD_USE_TLS;
  return MHD_start_daemon(
      flags, 0, nullptr, nullptr, &OnRequest, context, MHD_OPTION_LISTEN_SOCKET, listener,
      MHD_OPTION_CONNECTION_LIMIT, options.max_connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
      options.max_connections_per_address, MHD_OPTION_CONNECTION_TIMEOUT,
      static_cast<unsigned>(absl::ToInt64Seconds(options.idle_timeout)),
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionMemory, MHD_OPTION_NOTIFY_COMPLETED,
      &EndExchange, nullptr, MHD_OPTION_UNESCAPE_CALLBACK, &LeaveEncoded, nullptr, MHD_OPTION_ARRAY,
      https.data(), MHD_OPTION_END);
}

}  // namespace

void MhdDaemon::Stop::operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }

MhdDaemon::MhdDaemon(std::optional<HttpsPair> pair, ExchangeShared& shared)
    : pair_(std::move(pair)), context_(shared) {}

MhdDaemon::~MhdDaemon() = default;

absl::StatusOr<std::unique_ptr<MhdDaemon>> MhdDaemon::Start(UniqueFd listener,
                                                            HttpServerOptions const& options,
                                                            std::optional<HttpsPair> pair,
                                                            ExchangeShared& shared) {
  std::unique_ptr<MhdDaemon> made(new MhdDaemon(std::move(pair), shared));
  made->daemon_.reset(StartDaemon(listener.get(), options, made->pair_, &made->context_));
  if (made->daemon_ == nullptr)
    return absl::UnavailableError(absl::StrCat("start the HTTP server: ", std::strerror(errno)));
  listener.Release();  // libmicrohttpd's now
  return made;
}

void MhdDaemon::Retire() {
  context_.retired = true;
  UniqueFd const listener(MHD_quiesce_daemon(daemon_.get()));
}

bool MhdDaemon::IsIdle() const {
  MHD_DaemonInfo const* const info =
      MHD_get_daemon_info(daemon_.get(), MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
  return info != nullptr && info->num_connections == 0;
}

}  // namespace probefarm
