#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// The head of a request, as a client sent it.
struct ScriptedRequest {
  std::string method;
  std::string target;                          // path and query
  std::map<std::string, std::string> headers;  // names in lower case; the last of doubled ones
};

// One request on one connection, in the hands of its handler, which may answer, send any bytes,
// stall or hang up. Once the client has gone, reads come back short and what is sent is dropped.
// Belongs to the thread that runs the handler.
class ScriptedExchange {
 public:
  virtual ~ScriptedExchange() = default;

  virtual ScriptedRequest const& request() const = 0;

  // The body that is still unread, decoded (Content-Length or chunked).
  virtual std::string ReadBody() = 0;
  // The next `size` bytes after the head as they are on the wire, chunk sizes included.
  virtual std::string ReadRaw(size_t size) = 0;

  // A whole answer, with Content-Length unless `headers` hold Transfer-Encoding.
  virtual void Answer(int status, absl::string_view body = "",
                      std::vector<std::pair<std::string, std::string>> const& headers = {}) = 0;
  // Bytes as they are: half an answer, several ones, none at all.
  virtual void SendRaw(absl::string_view bytes) = 0;

  // Stalls until the client hangs up or the server is destroyed.
  virtual void WaitForHangUp() = 0;
  // Closes the connection now. The client sees a reset when it sent what was not read.
  virtual void HangUp() = 0;
};

// An HTTP/1.1 server for tests whose answers are a function. Speaks over TCP on 127.0.0.1 at a free
// port, or over a Unix socket. Each connection has a thread: `handler` runs for each request, at
// the same time for several connections. A connection is kept open after a handler that read (or
// had) the whole body, closed after one that did not. Thread-safe. A handler that waits for the
// test must be let go before destruction, which hangs up on every client and joins.
//
//   ScriptedHttpServer server([](ScriptedExchange& exchange) {
//     exchange.SendRaw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
//     exchange.HangUp();
//   });
//   Fetch(server.Url("/file"));
class ScriptedHttpServer {
 public:
  using Handler = std::function<void(ScriptedExchange&)>;

  // These throw std::system_error when the address cannot be had: there is no test then. Serves
  // when this returns. The path of a Unix socket is short, and nothing is there yet.
  explicit ScriptedHttpServer(Handler handler);
  ScriptedHttpServer(std::string const& unix_socket_path, Handler handler);
  ~ScriptedHttpServer();

  ScriptedHttpServer(ScriptedHttpServer const&) = delete;
  ScriptedHttpServer& operator=(ScriptedHttpServer const&) = delete;

  // "http://127.0.0.1:PORT/path"; over a Unix socket "http://localhost/path".
  std::string Url(absl::string_view path) const;

  // The heads of all requests so far, in the order in which they came.
  std::vector<ScriptedRequest> requests() const EXCLUDES(mu_);
  // How many connections there were so far.
  int connections() const EXCLUDES(mu_);

 private:
  class Connection;

  void Start(int listener);
  // The acceptor's thread: one thread for each connection.
  void Accept() EXCLUDES(mu_);
  // A connection's thread: one request after the other.
  void Serve(int fd) EXCLUDES(mu_);
  void Record(ScriptedRequest const& request) EXCLUDES(mu_);
  void Close(int fd) EXCLUDES(mu_);

  Handler handler_;
  std::string authority_;
  int listener_ = -1;
  std::thread acceptor_;

  mutable Mutex mu_;
  std::vector<int> open_ GUARDED_BY(mu_);
  std::vector<std::thread> threads_ GUARDED_BY(mu_);
  std::vector<ScriptedRequest> requests_ GUARDED_BY(mu_);
};

}  // namespace probefarm
