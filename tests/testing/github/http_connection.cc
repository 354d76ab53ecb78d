#include "tests/testing/github/http_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace probefarm::fake_github {
namespace {

constexpr size_t kPiece = size_t{64} << 10;
constexpr size_t kMaxHead = size_t{64} << 10;
constexpr absl::string_view kHeadEnd = "\r\n\r\n";
constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::optional<RequestHead> ParseHead(absl::string_view text) {
  std::vector<absl::string_view> const lines = absl::StrSplit(text, "\r\n");
  std::vector<std::string> first = absl::StrSplit(lines.front(), ' ');
  if (first.size() != 3 || !absl::StartsWith(first[1], "/")) return std::nullopt;
  RequestHead head{.method = std::move(first[0]), .target = std::move(first[1]), .headers = {}};
  for (size_t i = 1; i < lines.size(); ++i) {
    std::pair<absl::string_view, absl::string_view> const field =
        absl::StrSplit(lines[i], absl::MaxSplits(':', 1));
    head.headers[absl::AsciiStrToLower(field.first)] =
        std::string(absl::StripAsciiWhitespace(field.second));
  }
  return head;
}

}  // namespace

std::string const& RequestHead::Header(std::string const& name) const {
  static std::string const* const kNone = new std::string;
  auto const found = headers.find(name);
  return found == headers.end() ? *kNone : found->second;
}

std::optional<RequestHead> HttpConnection::ReadHead() {
  std::optional<std::string> const text = TakeThrough(kHeadEnd, kMaxHead);
  if (!text) return std::nullopt;
  std::optional<RequestHead> head = ParseHead(absl::StripSuffix(*text, kHeadEnd));
  if (head) LookAtBody(*head);
  return head;
}

void HttpConnection::LookAtBody(RequestHead const& head) {
  chunked_ = absl::EqualsIgnoreCase(head.Header("transfer-encoding"), "chunked");
  awaits_continue_ = absl::EqualsIgnoreCase(head.Header("expect"), "100-continue");
  unread_ = 0;
  if (!chunked_) (void)absl::SimpleAtoi(head.Header("content-length"), &unread_);
  unread_ = std::max<int64_t>(unread_, 0);
  declared_ = chunked_ ? -1 : unread_;
}

std::optional<std::string> HttpConnection::ReadPiece(size_t most) {
  if (std::exchange(awaits_continue_, false)) Send(kContinue);
  if (chunked_ && unread_ == 0 && !NextChunk()) return std::nullopt;
  if (unread_ == 0) return "";
  if (buffer_.empty() && !Receive()) return std::nullopt;
  std::string piece = Take(std::min<size_t>(most, unread_));
  unread_ -= static_cast<int64_t>(piece.size());
  if (chunked_ && unread_ == 0 && !TakeThrough("\r\n", 2)) return std::nullopt;
  return piece;
}

bool HttpConnection::NextChunk() {
  std::optional<std::string> const line = TakeThrough("\r\n", kMaxHead);
  uint32_t size = 0;
  if (!line || !absl::SimpleHexAtoi(absl::StripSuffix(*line, "\r\n"), &size)) return false;
  unread_ = size;
  if (size > 0) return true;
  chunked_ = false;
  return TakeThrough("\r\n", 2).has_value();
}

bool HttpConnection::Send(absl::string_view bytes) const {
  while (!bytes.empty()) {
    ssize_t const sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(sent);
  }
  return true;
}

void HttpConnection::Linger(absl::Duration patience) {
  shutdown(fd_, SHUT_WR);
  WaitForHangUp(patience);
  do {
    buffer_.clear();
  } while (Receive());
}

bool HttpConnection::WaitForHangUp(absl::Duration patience) {
  pollfd waiting{.fd = fd_, .events = POLLRDHUP, .revents = 0};
  return poll(&waiting, 1, static_cast<int>(absl::ToInt64Milliseconds(patience))) != 0;
}

bool HttpConnection::Receive() {
  std::array<char, kPiece> piece;
  ssize_t const got = recv(fd_, piece.data(), piece.size(), 0);
  if (got > 0) buffer_.append(piece.data(), got);
  return got > 0;
}

std::optional<std::string> HttpConnection::TakeThrough(absl::string_view end, size_t most) {
  size_t at = buffer_.find(end.data(), 0, end.size());
  while (at == std::string::npos) {
    if (buffer_.size() > most || !Receive()) return std::nullopt;
    at = buffer_.find(end.data(), 0, end.size());
  }
  return Take(at + end.size());
}

std::string HttpConnection::Take(size_t most) {
  std::string taken = buffer_.substr(0, most);
  buffer_.erase(0, taken.size());
  return taken;
}

}  // namespace probefarm::fake_github
