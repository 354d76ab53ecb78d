#pragma once

#include <functional>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/files/unique_fd.h"
#include "lib/runtime/mutex.h"
#include "tests/testing/github/http_connection.h"

namespace probefarm::fake_github {

// Listens on 127.0.0.1, with a thread for each connection: `handler` serves one request of it after
// the other, at the same time for several connections. A connection is closed once it is not
// reusable(). Thread-safe. Stop() hangs up on everybody and joins; nothing is
// served afterwards. Start and stop belong to one thread.
class HttpListener {
 public:
  using Handler = std::function<void(HttpConnection&, RequestHead const&)>;

  // 0: any free port. Binds; UNAVAILABLE when it cannot.
  static absl::StatusOr<std::unique_ptr<HttpListener>> Bind(int port);
  ~HttpListener();

  HttpListener(HttpListener const&) = delete;
  HttpListener& operator=(HttpListener const&) = delete;

  int port() const { return port_; }
  // "http://127.0.0.1:PORT"
  std::string url() const;

  // Once. Serves when this returns.
  void Serve(Handler handler);
  void Stop() EXCLUDES(mu_);

 private:
  struct Guest {
    int fd = -1;
    bool gone = false;
    std::thread thread;
  };

  HttpListener(UniqueFd fd, int port) : fd_(std::move(fd)), port_(port) {}
  void Accept() EXCLUDES(mu_);
  void ServeGuest(Guest& guest) EXCLUDES(mu_);
  // Joins those who have gone, so that a long run does not keep a thread for each connection.
  void Reap() EXCLUDES(mu_);

  UniqueFd fd_;
  int const port_;
  Handler handler_;
  std::thread acceptor_;
  Mutex mu_;
  std::list<Guest> guests_ GUARDED_BY(mu_);
};

}  // namespace probefarm::fake_github
