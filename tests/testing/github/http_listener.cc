#include "tests/testing/github/http_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace probefarm::fake_github {
namespace {

constexpr int kBacklog = 256;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

bool BindAndListen(int fd, int port) {
  sockaddr_in const address = Loopback(port);
  int const on = 1;
  return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
         bind(fd, reinterpret_cast<sockaddr const*>(&address), sizeof(address)) == 0 &&
         listen(fd, kBacklog) == 0;
}

int PortOf(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

// Answers are small and come in pieces: nothing must wait for an acknowledgement.
void SendAtOnce(int fd) {
  int const on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpListener>> HttpListener::Bind(int port) {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid() || !BindAndListen(fd.get(), port)) {
    absl::Status const why = absl::ErrnoToStatus(errno, "");
    return absl::UnavailableError(
        absl::StrCat("fake GitHub: listen on 127.0.0.1:", port, ": ", why.ToString()));
  }
  int const bound = PortOf(fd.get());
  return std::unique_ptr<HttpListener>(new HttpListener(std::move(fd), bound));
}

HttpListener::~HttpListener() { Stop(); }

std::string HttpListener::url() const { return absl::StrCat("http://127.0.0.1:", port_); }

void HttpListener::Serve(Handler handler) {
  handler_ = std::move(handler);
  acceptor_ = std::thread([this] { Accept(); });
}

void HttpListener::Stop() {
  if (!fd_.valid()) return;
  shutdown(fd_.get(), SHUT_RDWR);
  if (acceptor_.joinable()) acceptor_.join();
  fd_.Reset();
  std::vector<std::thread> threads;
  {
    MutexLock lock(mu_);
    for (Guest& guest : guests_) {
      if (!guest.gone) shutdown(guest.fd, SHUT_RDWR);
      threads.push_back(std::move(guest.thread));
    }
  }
  for (std::thread& thread : threads)
    if (thread.joinable()) thread.join();
}

void HttpListener::Accept() {
  while (true) {
    int const fd = accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (fd < 0) return;
    SendAtOnce(fd);
    Reap();
    MutexLock lock(mu_);
    Guest& guest = guests_.emplace_back();
    guest.fd = fd;
    guest.thread = std::thread([this, &guest] { ServeGuest(guest); });
  }
}

void HttpListener::ServeGuest(Guest& guest) {
  HttpConnection connection(guest.fd);
  do {
    std::optional<RequestHead> const head = connection.ReadHead();
    if (!head) break;
    handler_(connection, *head);
  } while (connection.reusable());
  MutexLock lock(mu_);
  close(guest.fd);
  guest.gone = true;
}

void HttpListener::Reap() {
  std::list<Guest> gone;
  {
    MutexLock lock(mu_);
    for (auto guest = guests_.begin(); guest != guests_.end();) {
      auto const next = std::next(guest);
      if (guest->gone) gone.splice(gone.end(), guests_, guest);
      guest = next;
    }
  }
  for (Guest& guest : gone) guest.thread.join();
}

}  // namespace probefarm::fake_github
