#include "tests/testing/github/answer.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace probefarm::fake_github {
namespace {

nlohmann::json ToJson(FieldError const& error) {
  nlohmann::json json = {
      {"resource", error.resource}, {"code", error.code}, {"field", error.field}};
  if (!error.message.empty()) json["message"] = error.message;
  return json;
}

}  // namespace

std::string Answer::Header(absl::string_view name) const {
  for (auto const& [known, value] : headers)
    if (known == name) return value;
  return "";
}

std::string JsonText(nlohmann::json const& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Answer JsonAnswer(int status, std::string json) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json; charset=utf-8"}},
          .body = std::move(json)};
}

Answer HtmlAnswer(int status, absl::string_view title) {
  return {.status = status,
          .headers = {{"Content-Type", "text/html; charset=utf-8"}},
          .body = absl::StrCat("<!DOCTYPE html>\n<html><head><title>", title,
                               "</title></head>\n<body><h1>", title,
                               "</h1><p>This is not JSON: {\"id\": 1}</p></body></html>\n")};
}

Answer ErrorAnswer(int status, absl::string_view message, absl::string_view documentation) {
  nlohmann::json const json = {{"message", message},
                               {"documentation_url", documentation},
                               {"status", std::to_string(status)}};
  return JsonAnswer(status, JsonText(json));
}

Answer NotFoundAnswer() { return ErrorAnswer(404, "Not Found"); }

Answer ValidationError(std::vector<FieldError> const& errors) {
  nlohmann::json json = {{"message", "Validation Failed"},
                         {"documentation_url", "https://docs.github.com/rest"},
                         {"errors", nlohmann::json::array()}};
  for (FieldError const& error : errors) json["errors"].push_back(ToJson(error));
  return JsonAnswer(422, JsonText(json));
}

std::string AnswerHead(Answer const& answer, int64_t length, bool keep_alive) {
  std::string head = absl::StrCat("HTTP/1.1 ", answer.status, " Fake\r\n");
  for (auto const& [name, value] : answer.headers)
    absl::StrAppend(&head, name, ": ", value, "\r\n");
  if (length >= 0) absl::StrAppend(&head, "Content-Length: ", length, "\r\n");
  if (!keep_alive) absl::StrAppend(&head, "Connection: close\r\n");
  return absl::StrCat(head, "\r\n");
}

}  // namespace probefarm::fake_github
