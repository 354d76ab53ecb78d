#include "tests/testing/scripted_http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace probefarm {
namespace {

constexpr int kBacklog = 64;
constexpr size_t kPiece = size_t{64} << 10;
constexpr absl::string_view kHeadEnd = "\r\n\r\n";

int Listen(sockaddr const* address, socklen_t size) {
  int const fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, address, size) != 0 || listen(fd, kBacklog) != 0)
    throw std::system_error(errno, std::generic_category(), "scripted server: listen");
  return fd;
}

int ListenOnLoopback() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return Listen(reinterpret_cast<sockaddr*>(&address), sizeof(address));
}

int ListenOnUnixSocket(std::string const& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path))
    throw std::system_error(ENAMETOOLONG, std::generic_category(), path);
  path.copy(address.sun_path, path.size());
  return Listen(reinterpret_cast<sockaddr*>(&address), sizeof(address));
}

int PortOf(int listener) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

ScriptedRequest ParseHead(absl::string_view head) {
  ScriptedRequest request;
  std::vector<absl::string_view> const lines = absl::StrSplit(head, "\r\n");
  std::vector<std::string> const first = absl::StrSplit(lines.front(), ' ');
  request.method = first.front();
  request.target = first.size() > 1 ? first[1] : "";
  for (size_t i = 1; i < lines.size(); ++i) {
    std::pair<absl::string_view, absl::string_view> const field =
        absl::StrSplit(lines[i], absl::MaxSplits(':', 1));
    request.headers[absl::AsciiStrToLower(field.first)] =
        std::string(absl::StripAsciiWhitespace(field.second));
  }
  return request;
}

}  // namespace

class ScriptedHttpServer::Connection final : public ScriptedExchange {
 public:
  Connection(ScriptedHttpServer& server, int fd) : server_(server), fd_(fd) {}
  ~Connection() override { HangUp(); }

  // False when the client has gone.
  bool ReadHead() {
    std::optional<std::string> const head = TakeThrough(kHeadEnd);
    if (!head) return false;
    request_ = ParseHead(absl::StripSuffix(*head, kHeadEnd));
    chunked_ = absl::EqualsIgnoreCase(request_.headers["transfer-encoding"], "chunked");
    unread_ = 0;
    (void)absl::SimpleAtoi(request_.headers["content-length"], &unread_);
    return true;
  }

  bool reusable() const { return fd_ >= 0 && unread_ == 0 && !chunked_; }
  ScriptedRequest const& request() const override { return request_; }

  std::string ReadBody() override {
    if (!chunked_) return ReadRaw(unread_);
    std::string body;
    size_t size = 0;
    do {
      std::optional<std::string> const line = TakeThrough("\r\n");
      if (!line || !absl::SimpleHexAtoi(absl::StripSuffix(*line, "\r\n"), &size)) return body;
      body += ReadRaw(size);
      ReadRaw(2);
    } while (size > 0);
    chunked_ = false;
    return body;
  }

  std::string ReadRaw(size_t size) override {
    while (buffer_.size() < size && Receive()) {
    }
    std::string taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    unread_ -= std::min(unread_, taken.size());
    return taken;
  }

  void Answer(int status, absl::string_view body,
              std::vector<std::pair<std::string, std::string>> const& headers) override {
    std::string head = absl::StrCat("HTTP/1.1 ", status, " Scripted\r\n");
    bool framed = false;
    for (auto const& [name, value] : headers) {
      framed = framed || absl::EqualsIgnoreCase(name, "transfer-encoding");
      absl::StrAppend(&head, name, ": ", value, "\r\n");
    }
    if (!framed) absl::StrAppend(&head, "Content-Length: ", body.size(), "\r\n");
    SendRaw(absl::StrCat(head, "\r\n", body));
  }

  void SendRaw(absl::string_view bytes) override {
    while (!bytes.empty() && fd_ >= 0) {
      ssize_t const sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(sent);
    }
  }

  void WaitForHangUp() override {
    while (Receive()) buffer_.clear();
  }

  void HangUp() override {
    if (fd_ >= 0) server_.Close(std::exchange(fd_, -1));
  }

 private:
  bool Receive() {
    std::array<char, kPiece> piece;
    ssize_t const got = fd_ < 0 ? 0 : recv(fd_, piece.data(), piece.size(), 0);
    if (got > 0) buffer_.append(piece.data(), got);
    return got > 0;
  }

  std::optional<std::string> TakeThrough(absl::string_view end) {
    size_t at = buffer_.find(end.data(), 0, end.size());
    while (at == std::string::npos) {
      if (!Receive()) return std::nullopt;
      at = buffer_.find(end.data(), 0, end.size());
    }
    std::string taken = buffer_.substr(0, at + end.size());
    buffer_.erase(0, taken.size());
    return taken;
  }

  ScriptedHttpServer& server_;
  int fd_;
  std::string buffer_;
  ScriptedRequest request_;
  bool chunked_ = false;
  size_t unread_ = 0;
};

ScriptedHttpServer::ScriptedHttpServer(Handler handler) : handler_(std::move(handler)) {
  Start(ListenOnLoopback());
  authority_ = absl::StrCat("127.0.0.1:", PortOf(listener_));
}

ScriptedHttpServer::ScriptedHttpServer(std::string const& unix_socket_path, Handler handler)
    : handler_(std::move(handler)), authority_("localhost") {
  Start(ListenOnUnixSocket(unix_socket_path));
}

ScriptedHttpServer::~ScriptedHttpServer() {
  std::vector<std::thread> threads;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  {
    MutexLock lock(mu_);
    for (int const fd : open_) shutdown(fd, SHUT_RDWR);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

std::string ScriptedHttpServer::Url(absl::string_view path) const {
  return absl::StrCat("http://", authority_, path);
}

std::vector<ScriptedRequest> ScriptedHttpServer::requests() const {
  MutexLock lock(mu_);
  return requests_;
}

int ScriptedHttpServer::connections() const {
  MutexLock lock(mu_);
  return static_cast<int>(threads_.size());
}

void ScriptedHttpServer::Start(int listener) {
  listener_ = listener;
  acceptor_ = std::thread([this] { Accept(); });
}

void ScriptedHttpServer::Accept() {
  while (true) {
    int const fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0 && errno == EINTR) continue;
    if (fd < 0) return;
    MutexLock lock(mu_);
    open_.push_back(fd);
    threads_.emplace_back([this, fd] { Serve(fd); });
  }
}

void ScriptedHttpServer::Serve(int fd) {
  Connection connection(*this, fd);
  do {
    if (!connection.ReadHead()) return;
    Record(connection.request());
    handler_(connection);
  } while (connection.reusable());
}

void ScriptedHttpServer::Record(ScriptedRequest const& request) {
  MutexLock lock(mu_);
  requests_.push_back(request);
}

void ScriptedHttpServer::Close(int fd) {
  MutexLock lock(mu_);
  open_.erase(std::remove(open_.begin(), open_.end(), fd), open_.end());
  close(fd);
}

}  // namespace probefarm
