#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace probefarm {

// Lower-case hexadecimal of bytes, two digits each, without prefix or separator. Pure.
std::string ToHex(absl::string_view bytes);

// 64 lower-case hexadecimal digits: how a SHA-256 is written everywhere in probefarm, so that two
// digests can be compared as text. Upper case and "sha256:" in front are not that. Pure.
bool IsSha256Hex(absl::string_view text);

}  // namespace probefarm
