#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/http/http_client.h"

namespace probefarm {

// An answer on its way in: lines of its head, then pieces of its body, which go where the request
// says. Knows nothing of where they come from. Not thread-safe. `request` outlives it.
class AnswerReader {
 public:
  explicit AnswerReader(HttpRequest const& request) : request_(request) {}

  // One line of a head, with its line end: the status line, fields, and the empty line that ends
  // it. An interim answer (1xx) is forgotten when the next begins; trailers are dropped.
  // RESOURCE_EXHAUSTED when the heads together have more than 256 KB.
  absl::Status AddHeadLine(absl::string_view line);

  // A piece of the body, transfer coding already off. To the sink when the request has one and the
  // status is 2xx, else into the response. The error of the sink or of `on_head`, or
  // RESOURCE_EXHAUSTED when what goes into the response is over max_body_bytes.
  absl::Status AddBody(absl::string_view piece);

  // Whether the answer is known to be whole: by Content-Length, or as one without body (to a HEAD,
  // 204, 304; RFC 9110). A chunked one is never known to be: its end is the connection's business.
  bool whole() const;

  // Of the head and the body, so far: whoever waits sees by it whether anything moves.
  int64_t bytes() const { return head_bytes_ + body_bytes_; }

  // What has come so far; status 0 before the first status line and for one that is not HTTP's.
  HttpResponse& response() { return response_; }

 private:
  void BeginHead(absl::string_view status_line);
  void EndHead();
  absl::Status AnnounceHead();

  HttpRequest const& request_;
  HttpResponse response_;
  bool in_body_ = false;
  bool announced_ = false;
  int64_t head_bytes_ = 0;
  int64_t body_bytes_ = 0;
  int64_t content_length_ = -1;
};

}  // namespace probefarm
