#include "coordinator/web/http_exchange.h"

#include "absl/strings/str_cat.h"

namespace probefarm {

std::string const& IncomingRequest::Header(std::string const& name) const {
  static std::string const* const kNone = new std::string;
  auto const found = headers.find(name);
  return found == headers.end() ? *kNone : found->second;
}

HttpAnswer TextAnswer(int status, absl::string_view text) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
          .body = absl::StrCat(text, "\n")};
}

HttpAnswer JsonAnswer(int status, std::string json) {
  return {
      .status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(json)};
}

HttpAnswer MethodNotAllowed(absl::string_view allowed) {
  HttpAnswer answer = TextAnswer(405, absl::StrCat("use ", allowed));
  answer.headers.emplace_back("Allow", allowed);
  return answer;
}

HttpAnswer HttpHandler::Answer(IncomingRequest const& /*request*/) {
  return MethodNotAllowed("PUT");
}

BodyReception HttpHandler::Receive(IncomingRequest const& /*request*/) {
  return MethodNotAllowed("GET, HEAD");
}

}  // namespace probefarm
