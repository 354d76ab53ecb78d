#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lib/runtime/secret.h"

namespace probefarm {

// The token in a text from outside, without the white space around it. INVALID_ARGUMENT unless it
// is 1 to 4,096 visible ASCII characters: anything else would be no token, and a line end in a
// header would begin another header. The message names `where` and holds nothing of the text. Pure.
absl::StatusOr<Secret> ParseToken(Secret const& text, std::string const& where);

}  // namespace probefarm
