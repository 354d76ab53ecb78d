#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// The path of a request, decoded once: `%2B` and `+` are both a plus. INVALID_ARGUMENT, without the
// path (which may hold a token), when it does not begin with `/`, when a `%` is not followed by two
// hexadecimal digits, or when a control character comes out. What the decoded path may name is for
// each page to check: it can hold `..` and, from %2F, any number of slashes. Pure.
//
//   DecodeUrlPath("/a%2Bb/c+d")  "/a+b/c+d"
absl::StatusOr<std::string> DecodeUrlPath(absl::string_view path);

}  // namespace probefarm
