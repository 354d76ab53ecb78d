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

  // One line of a head, with its line end. An interim answer (1xx) is forgotten when the next
  // begins; trailers are dropped. RESOURCE_EXHAUSTED when the head grows without bound.
  absl::Status AddHeadLine(absl::string_view line);

  // The sink's error, or RESOURCE_EXHAUSTED over max_body_bytes.
  absl::Status AddBody(absl::string_view piece);

  // Whether the answer is known to be whole: by Content-Length, or as one without body.
  bool whole() const;

  // Of the head and the body.
  int64_t bytes() const { return head_bytes_ + body_bytes_; }

  HttpResponse& response() { return response_; }

 private:
  void BeginHead(absl::string_view status_line);
  void EndHead();

  HttpRequest const& request_;
  HttpResponse response_;
  bool in_body_ = false;
  int64_t head_bytes_ = 0;
  int64_t body_bytes_ = 0;
  int64_t content_length_ = -1;
};

}  // namespace probefarm
