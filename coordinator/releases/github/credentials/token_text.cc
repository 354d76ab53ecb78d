#include "coordinator/releases/github/credentials/token_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace probefarm {
namespace {

constexpr size_t kLongest = 4096;

}  // namespace

absl::StatusOr<Secret> ParseToken(Secret const& text, std::string const& where) {
  absl::string_view const token = absl::StripAsciiWhitespace(text.Reveal());
  if (token.empty()) return absl::InvalidArgumentError(absl::StrCat(where, " holds no token"));
  if (token.size() > kLongest) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, " holds ", token.size(), " characters, which is too long for a token"));
  }
  if (!std::all_of(token.begin(), token.end(), absl::ascii_isgraph)) {
    return absl::InvalidArgumentError(
        absl::StrCat(where,
                     " holds white space or other characters that no token has: it should "
                     "hold the token alone"));
  }
  return Secret(std::string(token));
}

}  // namespace probefarm
