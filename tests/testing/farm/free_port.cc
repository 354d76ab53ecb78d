#include "tests/testing/farm/free_port.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "absl/random/random.h"
#include "lib/files/unique_fd.h"

namespace probefarm {
namespace {

constexpr int kFirst = 20000;
constexpr int kLast = 30000;
constexpr int kTries = 100;

bool IsFree(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  UniqueFd const fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return bind(fd.get(), reinterpret_cast<sockaddr const*>(&address), sizeof(address)) == 0;
}

}  // namespace

int FreePort() {
  absl::BitGen random;
  for (int i = 0; i < kTries; ++i) {
    int const port = absl::Uniform(random, kFirst, kLast);
    if (IsFree(port)) return port;
  }
  throw std::system_error(EADDRINUSE, std::generic_category(), "find a free port");
}

}  // namespace probefarm
