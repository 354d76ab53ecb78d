#include "coordinator/web/mhd_exchange.h"

#include <microhttpd.h>

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "coordinator/web/mhd_answer.h"
#include "coordinator/web/url_path.h"

namespace probefarm {
namespace {

constexpr char kPut[] = "PUT";

MHD_Result KeepHeader(void* headers, MHD_ValueKind /*kind*/, char const* name, char const* value) {
  (*static_cast<std::map<std::string, std::string>*>(headers))[absl::AsciiStrToLower(name)] =
      value == nullptr ? "" : value;
  return MHD_YES;
}

bool IsKnownMethod(std::string const& method) {
  return method == "GET" || method == "HEAD" || method == kPut;
}

// Such a client sends its body only when told to.
bool WaitsBeforeItsBody(IncomingRequest const& request) {
  return absl::EqualsIgnoreCase(request.Header("expect"), "100-continue");
}

}  // namespace

MhdExchange::MhdExchange(ExchangeContext& context, MHD_Connection* connection, std::string method,
                         absl::string_view raw_path)
    : context_(context), connection_(connection) {
  request_.method = std::move(method);
  MHD_get_connection_values(connection, MHD_HEADER_KIND, &KeepHeader, &request_.headers);
  Route(raw_path);
}

void MhdExchange::Route(absl::string_view raw_path) {
  absl::StatusOr<std::string> path = DecodeUrlPath(raw_path);
  if (!path.ok()) {
    answer_ = TextAnswer(400, path.status().message());
    return;
  }
  request_.path = *std::move(path);
  HttpRoutes::Match match = context_.shared.routes.Find(request_.path);
  handler_ = match.handler;
  route_ = std::move(match.route);
  request_.rest = std::move(match.rest);
  if (handler_ == nullptr) {
    answer_ = TextAnswer(404, "nothing is here");
  } else if (!IsKnownMethod(request_.method)) {
    answer_ = MethodNotAllowed("GET, HEAD, PUT");
  }
}

void MhdExchange::OpenSink() {
  BodyReception reception = handler_->Receive(request_);
  if (auto* answer = std::get_if<HttpAnswer>(&reception)) {
    answer_ = std::move(*answer);
  } else {
    sink_ = std::get<std::unique_ptr<RequestBodySink>>(std::move(reception));
  }
}

bool MhdExchange::Begin() {
  if (!answer_ && request_.method == kPut) OpenSink();
  return answer_ && WaitsBeforeItsBody(request_) ? SendAnswer() : true;
}

bool MhdExchange::TakeBody(absl::string_view piece) {
  if (sink_ != nullptr && !answer_) {
    answer_ = sink_->Write(piece);
    return true;
  }
  dropped_bytes_ += static_cast<int64_t>(piece.size());
  return dropped_bytes_ <= context_.shared.max_dropped_bytes;
}

HttpAnswer MhdExchange::MakeAnswer() {
  return sink_ != nullptr ? sink_->Finish() : handler_->Answer(request_);
}

bool MhdExchange::End() {
  if (answer_) return SendAnswer();
  MHD_suspend_connection(connection_);
  bool const accepted = context_.shared.workers.Run([this] {
    answer_ = MakeAnswer();
    MHD_resume_connection(connection_);  // `this` may be gone right after
  });
  if (!accepted) {
    answer_ = TextAnswer(503, "the coordinator is stopping");
    MHD_resume_connection(connection_);
  }
  return true;
}

bool MhdExchange::SendAnswer() {
  context_.shared.metrics->Count("probefarm_http_requests_total",
                                 "HTTP requests by route and status",
                                 {{"route", route_}, {"status", absl::StrCat(answer_->status)}});
  if (context_.retired) answer_->headers.emplace_back("Connection", "close");
  return QueueAnswer(connection_, *std::move(answer_));
}

}  // namespace probefarm
