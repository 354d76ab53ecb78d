#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/files/unique_fd.h"

namespace probefarm {

// A request that came in, less its body. Nothing in it can be trusted.
struct IncomingRequest {
  std::string method;
  std::string path;                            // decoded; see url_path.h
  std::string rest;                            // of the path, after the route's prefix
  std::map<std::string, std::string> headers;  // names in lower case; the last of doubled ones

  // Empty when there is no such header. `name` in lower case.
  std::string const& Header(std::string const& name) const;
};

// Part of an open file, as an answer's body. Read while it is sent, by the server's loop.
struct FileBody {
  UniqueFd fd;
  int64_t offset = 0;
  int64_t length = 0;
};

// An answer. The body is `file` when it is set. Content-Length, Date and what HEAD leaves out are
// the server's.
struct HttpAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::optional<FileBody> file;
};

// `text` as plain text, with a newline at its end.
HttpAnswer TextAnswer(int status, absl::string_view text);
// JSON as it is.
HttpAnswer JsonAnswer(int status, std::string json);
// 405, naming the methods that are allowed ("GET, HEAD").
HttpAnswer MethodNotAllowed(absl::string_view allowed);

// Takes the body of one request. Destroyed without Finish() when the client went away or the server
// stops: it cleans up then. Calls come one after the other, but Finish() on another thread than
// Write().
class RequestBodySink {
 public:
  virtual ~RequestBodySink() = default;

  // One piece, in order. Runs in the server's loop: it may write to a local file and must not do
  // anything slower. An answer ends the request with it; what is left of the body is not shown.
  virtual std::optional<HttpAnswer> Write(absl::string_view piece) = 0;

  // The body is whole. May block on local I/O.
  virtual HttpAnswer Finish() = 0;
};

// Where a request's body goes, or the answer that spares the client from sending it.
using BodyReception = std::variant<std::unique_ptr<RequestBodySink>, HttpAnswer>;

// Answers the requests of one route. Thread-safe. Any other method is answered 405 before the
// handler is asked, a path without handler 404, and one that DecodeUrlPath() refuses 400.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;

  // GET and HEAD. Runs on one of the server's few threads: may block for a while, on local I/O. 405
  // unless overridden; for HEAD the server leaves the body out.
  virtual HttpAnswer Answer(IncomingRequest const& request);

  // PUT. Runs in the server's loop, before any of the body is read. 405 unless overridden. A client
  // that waits for 100 Continue sends nothing when this answers.
  virtual BodyReception Receive(IncomingRequest const& request);
};

}  // namespace probefarm
