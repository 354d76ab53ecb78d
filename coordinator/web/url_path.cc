#include "coordinator/web/url_path.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"

namespace probefarm {
namespace {

bool IsControl(char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }

// The byte that the two digits after a '%' stand for.
std::optional<char> DecodeByte(absl::string_view digits) {
  if (digits.size() != 2 || !absl::ascii_isxdigit(static_cast<unsigned char>(digits[0])) ||
      !absl::ascii_isxdigit(static_cast<unsigned char>(digits[1])))
    return std::nullopt;
  return absl::HexStringToBytes(digits)[0];
}

}  // namespace

absl::StatusOr<std::string> DecodeUrlPath(absl::string_view path) {
  if (!absl::StartsWith(path, "/"))
    return absl::InvalidArgumentError("the path does not begin with /");
  std::string decoded;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      decoded += path[i];
      continue;
    }
    std::optional<char> const byte = DecodeByte(path.substr(i + 1, 2));
    if (!byte) return absl::InvalidArgumentError("the path holds a % without two hex digits");
    decoded += *byte;
    i += 2;
  }
  if (std::any_of(decoded.begin(), decoded.end(), IsControl))
    return absl::InvalidArgumentError("the path holds a control character");
  return decoded;
}

}  // namespace probefarm
