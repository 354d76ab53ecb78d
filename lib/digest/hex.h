#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace probefarm {

// Lower-case hexadecimal of bytes.
std::string ToHex(absl::string_view bytes);

// 64 lower-case hexadecimal digits: how a SHA-256 is written everywhere in probefarm.
bool IsSha256Hex(absl::string_view text);

}  // namespace probefarm
