#include "tests/testing/github/conditional.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/digest/sha256.h"

namespace probefarm::fake_github {
namespace {

bool Knows(std::string const& if_none_match, absl::string_view etag) {
  for (absl::string_view candidate : absl::StrSplit(if_none_match, ',')) {
    candidate = absl::StripAsciiWhitespace(candidate);
    if (candidate == "*" || absl::StripPrefix(candidate, "W/") == absl::StripPrefix(etag, "W/"))
      return true;
  }
  return false;
}

}  // namespace

void AnswerConditionally(Call const& call, std::string const& salt, Answer& answer) {
  if (call.head.method != "GET" || answer.status != 200) return;
  std::string const etag =
      absl::StrCat("W/\"", Sha256Hex(absl::StrCat(salt, "\n", answer.body)), "\"");
  answer.headers.emplace_back("ETag", etag);
  if (!Knows(call.head.Header("if-none-match"), etag)) return;
  // RFC 9110, 15.4.5: nothing of what describes the body that is not sent.
  answer.headers.erase(
      std::remove_if(answer.headers.begin(), answer.headers.end(),
                     [](auto const& header) { return header.first == "Content-Type"; }),
      answer.headers.end());
  answer.status = 304;
  answer.body.clear();
}

}  // namespace probefarm::fake_github
