#include "worker/engine/log_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr unsigned char kLastStream = 2;   // stdin (sent as stdout), stdout, stderr
constexpr unsigned char kEngineError = 3;  // the payload is why reading the log failed
constexpr size_t kMaxErrorBytes = 1024;

}  // namespace

LogStreamDecoder::LogStreamDecoder(BodySink sink) : sink_(std::move(sink)) {}

absl::Status LogStreamDecoder::Decode(absl::string_view bytes) {
  while (!bytes.empty()) {
    if (payload_left_ > 0) {
      RETURN_IF_ERROR(TakePayload(bytes));
    } else {
      RETURN_IF_ERROR(TakeHeader(bytes));
    }
  }
  return absl::OkStatus();
}

absl::Status LogStreamDecoder::Finish() const {
  if (!engine_error_.empty()) {
    return absl::InternalError(absl::StrCat("the engine cannot read its log: ", engine_error_));
  }
  if (header_bytes_ == 0 && payload_left_ == 0) return absl::OkStatus();
  return absl::InternalError("the log stream ended inside a frame");
}

absl::Status LogStreamDecoder::TakeHeader(absl::string_view& bytes) {
  size_t const taken = std::min(kHeaderBytes - header_bytes_, bytes.size());
  std::copy_n(bytes.begin(), taken, header_.begin() + header_bytes_);
  header_bytes_ += taken;
  bytes.remove_prefix(taken);
  if (header_bytes_ < kHeaderBytes) return absl::OkStatus();
  return BeginFrame();
}

absl::Status LogStreamDecoder::BeginFrame() {
  bool const zeros = header_[1] == 0 && header_[2] == 0 && header_[3] == 0;
  uint32_t const size = uint32_t{header_[4]} << 24 | uint32_t{header_[5]} << 16 |
                        uint32_t{header_[6]} << 8 | uint32_t{header_[7]};
  if (header_[0] > kEngineError || !zeros || size > kMaxFrameBytes) {
    absl::string_view const header(reinterpret_cast<char const*>(header_.data()), kHeaderBytes);
    return absl::InternalError(absl::StrCat("not a log stream of the engine: a frame begins with ",
                                            absl::BytesToHexString(header)));
  }
  payload_left_ = size;
  header_bytes_ = 0;
  return absl::OkStatus();
}

absl::Status LogStreamDecoder::TakePayload(absl::string_view& bytes) {
  absl::string_view const payload = bytes.substr(0, payload_left_);
  payload_left_ -= static_cast<uint32_t>(payload.size());
  bytes.remove_prefix(payload.size());
  return header_[0] <= kLastStream ? sink_(payload) : TakeEngineError(payload);
}

absl::Status LogStreamDecoder::TakeEngineError(absl::string_view payload) {
  size_t const room = kMaxErrorBytes - std::min(kMaxErrorBytes, engine_error_.size());
  engine_error_.append(payload.data(), std::min(payload.size(), room));
  return payload_left_ == 0 ? Finish() : absl::OkStatus();
}

}  // namespace probefarm
