#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/http/answer_reader.h"
#include "lib/http/curl_session.h"
#include "lib/http/http_client.h"
#include "lib/http/request_body.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// One request and its answer; a redirect is an answer like any other. Used once, by one thread.
// Session, request and clock outlive it; the session can be used again afterwards, however it went:
// the connection of a transfer that did not come to its end is closed.
//
// Runs on libcurl's multi interface, not on curl_easy_perform(), so that a transfer in which no
// byte moves still asks `cancelled` and looks at its deadlines, some five times a second; and so
// that an answer that comes in the middle of an upload is read before the connection breaks.
class CurlTransfer {
 public:
  // `deadline` is on clock.SinceBoot(); infinite: none. The idle time begins here.
  CurlTransfer(CurlSession& session, HttpRequest const& request, Clock const& clock,
               absl::Duration deadline);

  // Blocks until the answer is whole. The errors are those of HttpClient::Send(), less the method
  // and URL in front, and those of the request's source and sink as they are; the session is
  // prepared, the request checked (request_check.h).
  absl::StatusOr<HttpResponse> Run();

 private:
  absl::Status SetOptions();
  absl::Status SetHeaders();
  void SetBody();
  void SetCallbacks();

  // Moves bytes until libcurl is done, the answer is whole, or patience is over.
  absl::Status Drive();
  // What libcurl says of the transfer once it is done.
  absl::Status Outcome();
  // CANCELLED, or DEADLINE_EXCEEDED by the total or the idle time.
  absl::Status CheckPatience();
  void ResumeSending();

  // libcurl's callbacks. Each answers how many bytes it took or gave; to end the transfer it sets
  // `refusal_` and answers what libcurl takes for an error.
  size_t TakeHeadLine(absl::string_view line);
  size_t TakeBody(absl::string_view piece);
  size_t GiveBody(char* buffer, size_t capacity);
  size_t GiveHeld(char* buffer, size_t capacity);

  CurlSession& session_;
  HttpRequest const& request_;
  Clock const& clock_;
  absl::Duration const deadline_;
  RequestBody body_;
  AnswerReader answer_;
  CurlList headers_;

  absl::Status refusal_;     // what a callback ended the transfer with
  std::string held_;         // bytes of the body that wait while libcurl reads what came in
  bool paused_ = false;      // sending, on behalf of `held_`
  int64_t bytes_moved_ = 0;  // either way, when that was last looked at
  absl::Duration moved_at_;  // when it last grew, since boot
};

}  // namespace probefarm
