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
// An error ends the transfer with its code and message. Called on the thread of Send().
using BodySource = std::function<absl::StatusOr<size_t>(char* buffer, size_t size)>;
// Takes the body of an answer piece by piece, each valid during the call; an error ends the
// transfer with its code and message. Called on the thread of Send().
using BodySink = std::function<absl::Status(absl::string_view)>;

struct HttpResponse;

// A request and how patient to be with it. What its functions refer to lives until Send() returns.
struct HttpRequest {
  std::string method = "GET";  // a token of RFC 9110, sent as it is
  std::string url;  // http:// or https://; for a Unix socket the host is a name for messages only
  std::vector<std::pair<std::string, std::string>> headers;

  // One of: a body in memory, or a source. With a source, `body_size` >= 0 sends Content-Length, -1
  // sends chunks.
  std::string body;
  BodySource body_source;
  int64_t body_size = -1;

  // Called once with status and headers of a 2xx answer that has a body, before its first piece; an
  // error ends the transfer with its code and message. Called on the thread of Send(). May be null.
  std::function<absl::Status(HttpResponse const&)> on_head;
  // The answer's body goes here when it is set and the status is 2xx; otherwise into
  // HttpResponse::body.
  BodySink sink;
  // Of what goes into HttpResponse::body; beyond: RESOURCE_EXHAUSTED.
  int64_t max_body_bytes = 16 << 20;

  // Beyond each: DEADLINE_EXCEEDED. The last two are measured on a clock that counts suspension.
  absl::Duration connect_timeout = absl::Seconds(10);       // name, TCP and TLS, of each connection
  absl::Duration idle_timeout = absl::Seconds(60);          // in which no byte moved either way
  absl::Duration total_timeout = absl::InfiniteDuration();  // redirects included
  // Followed only to http(s), and without the request's headers on another scheme, host or port;
  // redirect.h has the rules. One that is not followed is the answer.
  int max_redirects = 0;

  // Asked between pieces, at least once a second; true ends the transfer with CANCELLED.
  std::function<bool()> cancelled;
};

// The final answer; interim ones (1xx) are not seen.
struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case; the last of doubled ones
  std::string body;                            // empty when it went to the sink
};

// Sends requests. An answer with any status is OK here; an error is that no whole answer came:
// UNAVAILABLE (connect, reset, truncated), DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED (a head or a body
// over its limit, no memory), CANCELLED, INVALID_ARGUMENT (the URL, the method, a header; a source
// that ended before `body_size`). Messages name method and URL (without its query, which may hold a
// token). A failed request is not tried again: the caller knows what can be repeated. Thread-safe;
// Send() blocks.
//
//   HttpRequest get;
//   get.url = "https://api.example.org/releases";
//   ASSIGN_OR_RETURN(HttpResponse const response, http.Send(get));
//   RETURN_IF_ERROR(HttpStatusToStatus(response, "list releases"));
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  virtual absl::StatusOr<HttpResponse> Send(HttpRequest const& request) = 0;
};

// Whom to believe at one host, instead of the system's certificate authorities. Every other host is
// verified by those, and this one by nobody else.
struct HttpTrust {
  std::string host;  // as in the URL, brackets included; whatever the port. Empty: none
  // The authorities' certificates, as PEM. Asked before each request to the host, on the thread of
  // Send(): they may change.
  std::function<std::string()> ca;
};

// Over TCP, by libcurl, through the proxy that the environment names (http_proxy, …); connections
// are reused; where an idle one turns out dead a new one is made, and for a body, which cannot be
// sent twice, always. An early answer in the middle of an upload ends the upload and is returned.
std::unique_ptr<HttpClient> MakeHttpClient(std::string user_agent, HttpTrust trust = {});

// Over a Unix socket ("/var/run/docker.sock"), never through a proxy. Every request uses a
// connection of its own from a small pool. The socket is opened by the first request: one that is
// not there is UNAVAILABLE then.
std::unique_ptr<HttpClient> MakeUnixSocketHttpClient(std::string socket_path,
                                                     std::string user_agent);

// The status that an HTTP status means for whoever wanted 2xx: 404 NOT_FOUND, 401/403
// PERMISSION_DENIED, 409 ALREADY_EXISTS, 429 and 5xx UNAVAILABLE, all others (4xx, and a redirect
// that was not followed) FAILED_PRECONDITION; 2xx OK. The message holds `doing`, the status and the
// start of the body (300 bytes, escaped). Pure.
absl::Status HttpStatusToStatus(HttpResponse const& response, absl::string_view doing);

}  // namespace probefarm
