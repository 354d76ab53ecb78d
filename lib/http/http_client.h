#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace probefarm {

// Gives the body of a request piece by piece: fills `buffer`, answers how many bytes; 0 is the end.
using BodySource = std::function<absl::StatusOr<size_t>(char* buffer, size_t size)>;
// Takes the body of an answer piece by piece; an error ends the transfer with that error.
using BodySink = std::function<absl::Status(absl::string_view)>;

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http:// or https://; for a Unix socket the host is a name for messages only
  std::vector<std::pair<std::string, std::string>> headers;

  // One of: a body in memory, or a source. With a source, `body_size` >= 0 sends Content-Length, -1
  // sends chunks.
  std::string body;
  BodySource body_source;
  int64_t body_size = -1;

  // The answer's body goes here when it is set and the status is 2xx; otherwise into
  // HttpResponse::body.
  BodySink sink;
  // Of what goes into HttpResponse::body; beyond: RESOURCE_EXHAUSTED.
  int64_t max_body_bytes = 16 << 20;

  absl::Duration connect_timeout = absl::Seconds(10);
  absl::Duration idle_timeout = absl::Seconds(60);  // no byte either way: DEADLINE_EXCEEDED
  absl::Duration total_timeout = absl::InfiniteDuration();
  // Followed only to http(s), and without the request's headers on another host. One that is not
  // followed is the answer.
  int max_redirects = 0;

  // Asked between pieces, at least once a second; true ends the transfer with CANCELLED.
  std::function<bool()> cancelled;
};

struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case; the last of doubled ones
  std::string body;
};

// Sends requests. An answer with any status is OK here; an error is that no whole answer came:
// UNAVAILABLE (connect, reset, truncated), DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, CANCELLED,
// INVALID_ARGUMENT (url). Messages name method and URL (without its query, which may hold a token).
// Thread-safe.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  virtual absl::StatusOr<HttpResponse> Send(HttpRequest const& request) = 0;
};

// Over TCP, by libcurl; connections are reused. An early answer in the middle of an upload ends the
// upload and is returned.
std::unique_ptr<HttpClient> MakeHttpClient(std::string user_agent);

// Over a Unix socket ("/var/run/docker.sock"). Every request uses a connection of its own from a
// small pool.
std::unique_ptr<HttpClient> MakeUnixSocketHttpClient(std::string socket_path,
                                                     std::string user_agent);

// The status that an HTTP status means for whoever wanted 2xx: 404 NOT_FOUND, 401/403
// PERMISSION_DENIED, 409 ALREADY_EXISTS, 429 and 5xx UNAVAILABLE, other 4xx FAILED_PRECONDITION;
// the message holds `doing`, the status and the start of the body.
absl::Status HttpStatusToStatus(HttpResponse const& response, absl::string_view doing);

}  // namespace probefarm
