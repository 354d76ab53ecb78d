#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace probefarm::fake_github {

// The head of a request, as it came.
struct RequestHead {
  std::string method;
  std::string target;                          // path and query
  std::map<std::string, std::string> headers;  // names in lower case; the last of doubled ones

  // Empty when there is no such header. `name` in lower case.
  std::string const& Header(std::string const& name) const;
};

// One connection, as a server has it: reads and writes block. Once the client has gone, reads end
// and what is sent is dropped. Belongs to one thread; the descriptor stays its owner's.
class HttpConnection {
 public:
  explicit HttpConnection(int fd) : fd_(fd) {}

  // The next request. Null when the client has gone, or sent a head that is none or over 64 KiB.
  std::optional<RequestHead> ReadHead();

  // The next piece of the body, at most `most` bytes; empty at its end. Null when the client went
  // away before, or sent chunks that are none. Answers 100 Continue first where that is awaited.
  std::optional<std::string> ReadPiece(size_t most);
  // Content-Length; -1 when there is none (chunks). 0 for a request without a body.
  int64_t declared_size() const { return declared_; }
  bool body_read() const { return !chunked_ && unread_ == 0; }
  // The client waits for leave to send its body, and has none yet.
  bool awaits_continue() const { return awaits_continue_; }

  // False when the client has gone.
  bool Send(absl::string_view bytes) const;
  // Reads nothing, so that a client that sends is stuck, until the client hangs up or `patience` is
  // over; then throws away what came. So an early answer is not lost with the connection.
  void Linger(absl::Duration patience);
  // True when the client hung up or the listener stops; false after `patience`. Reads nothing.
  bool WaitForHangUp(absl::Duration patience);

  // Nobody may use the connection for another request.
  void Spoil() { spoilt_ = true; }
  bool reusable() const { return !spoilt_ && body_read(); }

 private:
  bool Receive();
  std::optional<std::string> TakeThrough(absl::string_view end, size_t most);
  std::string Take(size_t most);
  bool NextChunk();
  void LookAtBody(RequestHead const& head);

  int const fd_;
  std::string buffer_;
  int64_t declared_ = 0;
  int64_t unread_ = 0;  // of the body, or of the chunk
  bool chunked_ = false;
  bool awaits_continue_ = false;
  bool spoilt_ = false;
};

}  // namespace probefarm::fake_github
