#include "lib/rpc/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>

namespace probefarm {
namespace {

constexpr int kPingEveryMs = 20'000;
constexpr int kPingTimeoutMs = 10'000;
// A restart of the coordinator is to cost no lease, and a worker gives its leases up after 24 s: it
// has to try again soon, and to ask again soon where the name points.
constexpr int kMaxReconnectMs = 2'000;
constexpr int kResolveEveryMs = 1'000;
constexpr int kMaxMessageBytes = 8 << 20;
constexpr int kHandshakeTimeoutMs = 20'000;

std::shared_ptr<grpc::Channel> Make(std::string const& address,
                                    std::shared_ptr<grpc::ChannelCredentials> const& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kPingEveryMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingTimeoutMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxReconnectMs);
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, kResolveEveryMs);
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(std::string const& address) {
  return Make(address, grpc::InsecureChannelCredentials());
}

std::shared_ptr<grpc::Channel> MakeTlsChannel(std::string const& address,
                                              TlsCredentials const& tls) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = tls.pem.ca;
  options.pem_cert_chain = tls.pem.certificate;
  options.pem_private_key = tls.pem.key;
  return Make(address, grpc::SslCredentials(options));
}

void ConfigureServer(grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kPingEveryMs / 2);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kPingEveryMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMs);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // Nobody asks for either, and each call would pay.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  // Two servers that share a port would each see half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

void SetDeadline(grpc::ClientContext& context, absl::Duration timeout) {
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(timeout));
}

}  // namespace probefarm
