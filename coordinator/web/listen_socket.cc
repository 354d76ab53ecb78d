#include "coordinator/web/listen_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kBacklog = 512;

struct HostAndPort {
  std::string host;
  std::string port;
};

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

absl::Status ListenError(std::string const& address, absl::string_view why) {
  return absl::UnavailableError(absl::StrCat("listen on ", address, ": ", why));
}

absl::StatusOr<HostAndPort> Split(std::string const& address) {
  size_t const colon = address.rfind(':');
  uint32_t port = 0;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(address.substr(colon + 1), &port) || port > UINT16_MAX)
    return absl::InvalidArgumentError(
        absl::StrCat("listen on '", address, "': expected ADDR:PORT, such as 127.0.0.1:8080"));
  absl::string_view host = absl::string_view(address).substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  return HostAndPort{std::string(host), absl::StrCat(port)};
}

absl::StatusOr<AddressList> Resolve(std::string const& address) {
  ASSIGN_OR_RETURN(HostAndPort const where, Split(address));
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  int const error = getaddrinfo(where.host.c_str(), where.port.c_str(), &hints, &found);
  if (error != 0) return ListenError(address, gai_strerror(error));
  return AddressList(found, &freeaddrinfo);
}

absl::Status BindAndListen(int fd, addrinfo const& to, std::string const& address) {
  int const yes = 1;
  // Without it a restart would have to wait for the connections of the last run to time out.
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (bind(fd, to.ai_addr, to.ai_addrlen) == 0 && listen(fd, kBacklog) == 0)
    return absl::OkStatus();
  if (errno == EADDRINUSE)
    return absl::FailedPreconditionError(absl::StrCat(
        "listen on ", address, ": address in use; stop whoever has it or choose another port"));
  return ListenError(address, absl::ErrnoToStatus(errno, "bind").message());
}

absl::StatusOr<uint16_t> PortOf(int fd, std::string const& address) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0)
    return ListenError(address, absl::ErrnoToStatus(errno, "getsockname").message());
  if (bound.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<sockaddr_in6 const&>(bound).sin6_port);
  return ntohs(reinterpret_cast<sockaddr_in const&>(bound).sin_port);
}

}  // namespace

absl::StatusOr<ListenSocket> ListenSocket::Bind(std::string const& address) {
  ASSIGN_OR_RETURN(AddressList const list, Resolve(address));
  UniqueFd fd(socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return ListenError(address, absl::ErrnoToStatus(errno, "socket").message());
  RETURN_IF_ERROR(BindAndListen(fd.get(), *list, address));
  ASSIGN_OR_RETURN(uint16_t const port, PortOf(fd.get(), address));
  return ListenSocket(std::move(fd), port);
}

}  // namespace probefarm
