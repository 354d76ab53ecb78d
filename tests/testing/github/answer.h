#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/testing/github/fake_release.h"

namespace probefarm::fake_github {

struct Answer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  FakeBytes file;          // the body, where it is set
  bool clash = false;      // an upload whose name was taken: it costs more
  int64_t made_asset = 0;  // by this call

  absl::string_view bytes() const { return file ? absl::string_view(*file) : body; }
  // Empty when there is none. `name` as it was set.
  std::string Header(absl::string_view name) const;
};

// One entry of a validation error's `errors`. `message` only with the code "custom".
struct FieldError {
  std::string resource;
  std::string code;
  std::string field;
  std::string message;
};

// Never throws: bytes that are not UTF-8 become U+FFFD.
std::string JsonText(nlohmann::json const& json);
Answer JsonAnswer(int status, std::string json);
Answer HtmlAnswer(int status, absl::string_view title);
// {"message", "documentation_url", "status"}
Answer ErrorAnswer(int status, absl::string_view message,
                   absl::string_view documentation = "https://docs.github.com/rest");
Answer NotFoundAnswer();
// 422 "Validation Failed" with its `errors`.
Answer ValidationError(std::vector<FieldError> const& errors);

// The head as it is sent, with Content-Length `length` and the blank line. -1: without.
std::string AnswerHead(Answer const& answer, int64_t length, bool keep_alive);

}  // namespace probefarm::fake_github
