#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// INVALID_ARGUMENT unless it can name a suite of a Debian archive ("bookworm-security") and
// be one folder below its dists/.
absl::Status CheckSuiteName(absl::string_view name);

// INVALID_ARGUMENT unless it can name a package or a kernel flavour: lower-case letters, digits,
// `+`, `-` and `.` after a letter or a digit (Debian Policy 5.6.1). The message quotes the name,
// with what is not printable escaped.
absl::Status CheckPackageName(absl::string_view name);

}  // namespace probefarm
