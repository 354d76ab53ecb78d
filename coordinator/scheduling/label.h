#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// OK when `label` can be one: "key=value" with a key, 200 bytes at most, no control characters.
// Else INVALID_ARGUMENT with the label escaped. Pure.
absl::Status CheckLabel(absl::string_view label);

}  // namespace probefarm
