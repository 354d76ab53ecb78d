#include "bench/load/beanstalk.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <deque>
#include <stdexcept>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "bench/load/load_spec.h"
#include "bench/load/rate.h"

namespace probefarm {
namespace {

// A connection that speaks beanstalkd's text protocol.
class Connection {
 public:
  explicit Connection(int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int const on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("beanstalkd does not listen");
  }
  ~Connection() { close(socket_); }
  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;

  // The first line of the answer, and behind it at least `more` bytes.
  std::string Ask(std::string const& command, size_t more = 0) const {
    if (write(socket_, command.data(), command.size()) != static_cast<ssize_t>(command.size()))
      throw std::runtime_error("beanstalkd: write");
    std::string answer;
    size_t line = std::string::npos;
    while (line == std::string::npos || answer.size() < line + 2 + more) {
      char buffer[4096];
      ssize_t const got = read(socket_, buffer, sizeof buffer);
      if (got <= 0) throw std::runtime_error("beanstalkd: read");
      answer.append(buffer, static_cast<size_t>(got));
      line = answer.find("\r\n");
    }
    return answer.substr(0, line);
  }

 private:
  int const socket_;
};

void Expect(std::string const& answer, char const* start) {
  if (!absl::StartsWith(answer, start)) throw std::runtime_error("beanstalkd answers " + answer);
}

void Lifecycles(Connection const& connection, Rate& rate) {
  std::string const body = LoadSpec(1'000'000'000);
  std::string const put = absl::StrCat("put 0 0 60 ", body.size(), "\r\n", body, "\r\n");
  do {
    Expect(connection.Ask(put), "INSERTED ");
    std::string const reserved = connection.Ask("reserve\r\n", body.size() + 2);
    Expect(reserved, "RESERVED ");
    std::string const id = reserved.substr(9, reserved.find(' ', 9) - 9);
    Expect(connection.Ask(absl::StrCat("delete ", id, "\r\n")), "DELETED");
  } while (rate.Done());
}

}  // namespace

double MeasureBeanstalk(int port, int connections, absl::Duration time) {
  Rate rate;
  std::deque<Connection> open;
  std::deque<std::thread> threads;
  for (int i = 0; i < connections; ++i) open.emplace_back(port);
  for (Connection const& connection : open) {
    threads.emplace_back([&] {
      try {
        Lifecycles(connection, rate);
      } catch (std::exception const&) {
        rate.Fail("a connection to beanstalkd failed");
      }
    });
  }
  struct Join {
    std::deque<std::thread>& threads;
    ~Join() {
      for (std::thread& thread : threads) thread.join();
    }
  } const join{threads};
  return rate.Measure(absl::Milliseconds(500), time);
}

}  // namespace probefarm
