#include "lib/http/curl_transfer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kPollMilliseconds = 200;
constexpr absl::Duration kLongestConnect = absl::Hours(1);

// A transfer that is removed before its end has its connection closed.
class Attachment {
 public:
  explicit Attachment(CurlSession& session)
      : session_(session), code_(curl_multi_add_handle(session.multi(), session.easy())) {}
  ~Attachment() { curl_multi_remove_handle(session_.multi(), session_.easy()); }
  Attachment(Attachment const&) = delete;
  Attachment& operator=(Attachment const&) = delete;

  CURLMcode code() const { return code_; }

 private:
  CurlSession& session_;
  CURLMcode code_;
};

absl::Status CurlMultiToStatus(CURLMcode code) {
  if (code == CURLM_OK) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("libcurl: ", curl_multi_strerror(code)));
}

absl::Status AppendHeader(CurlList& list, std::string const& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return absl::ResourceExhaustedError("no memory for the headers");
  static_cast<void>(list.release());
  list.reset(longer);
  return absl::OkStatus();
}

long ConnectMilliseconds(absl::Duration timeout) {
  return static_cast<long>(
      absl::ToInt64Milliseconds(std::clamp(timeout, absl::Milliseconds(1), kLongestConnect)));
}

int64_t BytesSent(CURL* easy) {
  curl_off_t sent = 0;
  curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
  return sent;
}

}  // namespace

CurlTransfer::CurlTransfer(CurlSession& session, HttpRequest const& request, Clock const& clock,
                           absl::Duration deadline)
    : session_(session),
      request_(request),
      clock_(clock),
      deadline_(deadline),
      body_(request),
      answer_(request),
      moved_at_(clock.SinceBoot()) {}

absl::StatusOr<HttpResponse> CurlTransfer::Run() {
  RETURN_IF_ERROR(SetOptions());
  Attachment const attachment(session_);
  RETURN_IF_ERROR(CurlMultiToStatus(attachment.code()));
  absl::Status const driven = Drive();
  if (!refusal_.ok()) return refusal_;
  // A server that answered and hung up before it had the whole body has answered all the same.
  if (!driven.ok() && !answer_.whole()) return driven;
  if (answer_.response().status == 0) return absl::UnavailableError("the answer is not HTTP");
  return std::move(answer_.response());
}

absl::Status CurlTransfer::SetOptions() {
  CURL* const easy = session_.easy();
  curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, ConnectMilliseconds(request_.connect_timeout));
  SetBody();
  SetCallbacks();
  return SetHeaders();
}

void CurlTransfer::SetBody() {
  CURL* const easy = session_.easy();
  if (request_.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (body_.exists()) {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(body_.size()));
    // A body cannot be sent twice: a connection that died while it was idle must not be tried.
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

void CurlTransfer::SetCallbacks() {
  CURL* const easy = session_.easy();
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_READDATA, this);
  curl_easy_setopt(
      easy, CURLOPT_HEADERFUNCTION, +[](char* data, size_t one, size_t size, void* self) {
        return static_cast<CurlTransfer*>(self)->TakeHeadLine({data, one * size});
      });
  curl_easy_setopt(
      easy, CURLOPT_WRITEFUNCTION, +[](char* data, size_t one, size_t size, void* self) {
        return static_cast<CurlTransfer*>(self)->TakeBody({data, one * size});
      });
  curl_easy_setopt(
      easy, CURLOPT_READFUNCTION, +[](char* data, size_t one, size_t size, void* self) {
        return static_cast<CurlTransfer*>(self)->GiveBody(data, one * size);
      });
}

absl::Status CurlTransfer::SetHeaders() {
  for (auto const& [name, value] : request_.headers) {
    // libcurl takes "Name:" for a header to leave out, "Name;" for an empty one.
    RETURN_IF_ERROR(AppendHeader(
        headers_, value.empty() ? absl::StrCat(name, ";") : absl::StrCat(name, ": ", value)));
  }
  RETURN_IF_ERROR(AppendHeader(headers_, "Expect:"));
  if (body_.exists() && body_.size() < 0)
    RETURN_IF_ERROR(AppendHeader(headers_, "Transfer-Encoding: chunked"));
  curl_easy_setopt(session_.easy(), CURLOPT_HTTPHEADER, headers_.get());
  return absl::OkStatus();
}

absl::Status CurlTransfer::Drive() {
  while (true) {
    int running = 0;
    RETURN_IF_ERROR(CurlMultiToStatus(curl_multi_perform(session_.multi(), &running)));
    if (running == 0) return Outcome();
    if (answer_.whole()) return absl::OkStatus();
    RETURN_IF_ERROR(CheckPatience());
    if (paused_) {
      ResumeSending();
    } else {
      RETURN_IF_ERROR(CurlMultiToStatus(
          curl_multi_poll(session_.multi(), nullptr, 0, kPollMilliseconds, nullptr)));
    }
  }
}

absl::Status CurlTransfer::Outcome() {
  int left = 0;
  CURLMsg const* const message = curl_multi_info_read(session_.multi(), &left);
  if (message == nullptr) return absl::UnavailableError("libcurl ended without a result");
  return CurlCodeToStatus(message->data.result, session_.error_text());
}

absl::Status CurlTransfer::CheckPatience() {
  if (request_.cancelled && request_.cancelled()) return absl::CancelledError("cancelled");
  absl::Duration const now = clock_.SinceBoot();
  int64_t const moved = BytesSent(session_.easy()) + answer_.bytes();
  if (moved != std::exchange(bytes_moved_, moved)) moved_at_ = now;
  if (now >= deadline_)
    return absl::DeadlineExceededError(
        absl::StrCat("not done within ", absl::FormatDuration(request_.total_timeout)));
  if (now - moved_at_ >= request_.idle_timeout)
    return absl::DeadlineExceededError(
        absl::StrCat("no byte moved for ", absl::FormatDuration(request_.idle_timeout)));
  return absl::OkStatus();
}

void CurlTransfer::ResumeSending() {
  paused_ = false;
  curl_easy_pause(session_.easy(), CURLPAUSE_CONT);
}

size_t CurlTransfer::TakeHeadLine(absl::string_view line) {
  refusal_ = answer_.AddHeadLine(line);
  return refusal_.ok() ? line.size() : 0;
}

size_t CurlTransfer::TakeBody(absl::string_view piece) {
  refusal_ = answer_.AddBody(piece);
  return refusal_.ok() ? piece.size() : 0;
}

size_t CurlTransfer::GiveBody(char* buffer, size_t capacity) {
  if (!held_.empty()) return GiveHeld(buffer, capacity);
  absl::StatusOr<size_t> const got = body_.Read(buffer, capacity);
  if (!got.ok()) {
    refusal_ = got.status();
    return CURL_READFUNC_ABORT;
  }
  // Sending to a server that has answered and closed fails, and the answer is lost with the
  // connection. So what has come in is read first.
  if (*got > 0 && session_.HasInput()) {
    held_.assign(buffer, *got);
    paused_ = true;
    return CURL_READFUNC_PAUSE;
  }
  return *got;
}

size_t CurlTransfer::GiveHeld(char* buffer, size_t capacity) {
  size_t const given = held_.copy(buffer, capacity);
  held_.erase(0, given);
  return given;
}

}  // namespace probefarm
