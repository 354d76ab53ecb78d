#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// OK when `id` can be an image's, as an engine has it: "sha256:" and 64 lower-case hexadecimal
// digits. Else INVALID_ARGUMENT with the id escaped. Pure.
absl::Status CheckImageId(absl::string_view id);

}  // namespace probefarm
