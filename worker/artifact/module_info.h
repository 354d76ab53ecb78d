#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace probefarm {

// The value of `key` in a kernel module's .modinfo section ("key=value", each ended by a zero
// byte); the first of several. Pure.
std::optional<std::string> ModuleInfo(absl::string_view modinfo, absl::string_view key);

}  // namespace probefarm
