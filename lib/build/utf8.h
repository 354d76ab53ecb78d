#pragma once

#include "absl/strings/string_view.h"

namespace probefarm {

// UTF-8 as RFC 3629 has it: no overlong forms, surrogates, or anything beyond U+10FFFF, and no
// character cut off? Pure; quick for ASCII.
bool IsUtf8(absl::string_view text);

}  // namespace probefarm
