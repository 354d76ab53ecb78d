#include "lib/http/answer_reader.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int64_t kMaxHeadBytes = int64_t{256} << 10;
constexpr int kFirstFinalStatus = 200;
constexpr int kFirstRedirectStatus = 300;
constexpr int kNoContent = 204;
constexpr int kNotModified = 304;

bool HasNoBody(absl::string_view method, int status) {
  return method == "HEAD" || status == kNoContent || status == kNotModified;
}

}  // namespace

absl::Status AnswerReader::AddHeadLine(absl::string_view line) {
  head_bytes_ += static_cast<int64_t>(line.size());
  if (head_bytes_ > kMaxHeadBytes)
    return absl::ResourceExhaustedError(
        absl::StrCat("the answer's head has more than ", kMaxHeadBytes, " bytes"));
  if (in_body_) return absl::OkStatus();
  line = absl::StripAsciiWhitespace(line);
  if (absl::StartsWith(line, "HTTP/")) {
    BeginHead(line);
  } else if (line.empty()) {
    EndHead();
  } else {
    std::pair<absl::string_view, absl::string_view> const field =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    response_.headers[absl::AsciiStrToLower(field.first)] =
        std::string(absl::StripAsciiWhitespace(field.second));
  }
  return absl::OkStatus();
}

void AnswerReader::BeginHead(absl::string_view status_line) {
  response_ = HttpResponse();
  std::vector<absl::string_view> const words = absl::StrSplit(status_line, ' ');
  if (words.size() < 2 || !absl::SimpleAtoi(words[1], &response_.status)) response_.status = 0;
}

void AnswerReader::EndHead() {
  in_body_ = response_.status >= kFirstFinalStatus;
  auto const length = response_.headers.find("content-length");
  bool const known = length != response_.headers.end() &&
                     response_.headers.count("transfer-encoding") == 0 &&
                     absl::SimpleAtoi(length->second, &content_length_);
  if (!known) content_length_ = -1;
}

absl::Status AnswerReader::AddBody(absl::string_view piece) {
  body_bytes_ += static_cast<int64_t>(piece.size());
  bool const success =
      response_.status >= kFirstFinalStatus && response_.status < kFirstRedirectStatus;
  if (success) RETURN_IF_ERROR(AnnounceHead());
  if (success && request_.sink) return request_.sink(piece);
  if (body_bytes_ > request_.max_body_bytes)
    return absl::ResourceExhaustedError(
        absl::StrCat("the answer has more than ", request_.max_body_bytes, " bytes"));
  response_.body.append(piece.data(), piece.size());
  return absl::OkStatus();
}

absl::Status AnswerReader::AnnounceHead() {
  if (announced_ || !request_.on_head) return absl::OkStatus();
  announced_ = true;
  return request_.on_head(response_);
}

bool AnswerReader::whole() const {
  return in_body_ &&
         (HasNoBody(request_.method, response_.status) || body_bytes_ == content_length_);
}

}  // namespace probefarm
