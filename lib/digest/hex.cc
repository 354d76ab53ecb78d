#include "lib/digest/hex.h"

#include <algorithm>

#include "absl/strings/escaping.h"

namespace probefarm {
namespace {

constexpr size_t kSha256Digits = 64;

bool IsLowerHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

std::string ToHex(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

bool IsSha256Hex(absl::string_view text) {
  return text.size() == kSha256Digits &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsLowerHexDigit(c); });
}

}  // namespace probefarm
