#include "coordinator/web/upload_endpoint.h"

#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/numbers.h"

namespace probefarm {
namespace {

HttpAnswer ToAnswer(UploadVerdict verdict) {
  return JsonAnswer(verdict.http_status, std::move(verdict.json));
}

std::optional<int64_t> ContentLength(IncomingRequest const& request) {
  int64_t length = 0;
  if (!absl::SimpleAtoi(request.Header("content-length"), &length)) return std::nullopt;
  return length;
}

class UploadSink final : public RequestBodySink {
 public:
  explicit UploadSink(std::unique_ptr<DirectoryUpload> upload) : upload_(std::move(upload)) {}

  std::optional<HttpAnswer> Write(absl::string_view piece) override {
    std::optional<UploadVerdict> verdict = upload_->Write(piece);
    if (!verdict) return std::nullopt;
    return ToAnswer(*std::move(verdict));
  }
  HttpAnswer Finish() override { return ToAnswer(upload_->Finish()); }

 private:
  std::unique_ptr<DirectoryUpload> const upload_;
};

}  // namespace

HttpAnswer UploadEndpoint::Answer(IncomingRequest const& /*request*/) {
  return MethodNotAllowed("PUT");
}

BodyReception UploadEndpoint::Receive(IncomingRequest const& request) {
  auto begun = host_->BeginUpload(request.rest, ContentLength(request));
  if (auto* verdict = std::get_if<UploadVerdict>(&begun)) return ToAnswer(std::move(*verdict));
  return std::make_unique<UploadSink>(std::get<std::unique_ptr<DirectoryUpload>>(std::move(begun)));
}

}  // namespace probefarm
