#include "lib/tls/transport_rule.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace probefarm {
namespace {

constexpr uint32_t kLoopbackNet = 127;

bool IsLoopbackV4(std::string const& host) {
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 &&
         ntohl(address.s_addr) >> 24 == kLoopbackNet;
}

bool IsLoopbackV6(std::string const& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1 && IN6_IS_ADDR_LOOPBACK(&address);
}

absl::Status ServedInPlainText(std::string const& flag, std::string const& address) {
  return absl::InvalidArgumentError(absl::StrCat(
      flag, " ", address, " can be reached from other machines, and would be in plain text: give ",
      "`tls` a certificate in the configuration (scripts/setup-tls makes one), listen at "
      "127.0.0.1, or say --insecure"));
}

}  // namespace

std::string HostOf(absl::string_view address) {
  return std::string(address.substr(0, address.rfind(':')));
}

bool IsLoopback(absl::string_view address) {
  std::string const host = HostOf(address);
  if (absl::EqualsIgnoreCase(host, "localhost") || IsLoopbackV4(host)) return true;
  absl::string_view bare = host;
  return absl::ConsumePrefix(&bare, "[") && absl::ConsumeSuffix(&bare, "]") &&
         IsLoopbackV6(std::string(bare));
}

bool IsLoopbackForGrpc(absl::string_view address) {
  return absl::StartsWith(address, "unix:") || absl::StartsWith(address, "unix-abstract:") ||
         IsLoopback(address);
}

absl::Status CheckClientTransport(std::string const& address, ClientTransport const& transport) {
  TlsFiles const& tls = transport.tls;
  if (tls.certificate.empty() != tls.key.empty())
    return absl::InvalidArgumentError("--tls-cert and --tls-key go together");
  if (tls.ca.empty() && !tls.certificate.empty())
    return absl::InvalidArgumentError(
        "--tls-cert needs --tls-ca: the file of the CA that signed the coordinator's certificate");
  if (!tls.ca.empty() && transport.insecure)
    return absl::InvalidArgumentError(
        "--insecure and --tls-ca (or PROBEFARM_TLS_CA) contradict each other");
  if (!tls.ca.empty() || transport.insecure || IsLoopbackForGrpc(address)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the coordinator at ", address, " is not on this machine, and the way there would be in ",
      "plain text: name the CA of its certificate with --tls-ca, or say --insecure"));
}

absl::Status CheckServerTransport(ServerTransport const& transport) {
  if (transport.tls && transport.insecure)
    return absl::InvalidArgumentError(
        "--insecure and `tls` in the configuration contradict each other");
  if (transport.tls || transport.insecure) return absl::OkStatus();
  if (!IsLoopbackForGrpc(transport.grpc)) return ServedInPlainText("--listen", transport.grpc);
  if (!IsLoopback(transport.http)) return ServedInPlainText("--http", transport.http);
  return absl::OkStatus();
}

}  // namespace probefarm
