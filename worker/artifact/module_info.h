#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace probefarm {

// The value of `key` in a kernel module's .modinfo section ("key=value", each ended by a zero byte,
// as the kernel's MODULE_INFO() writes them and modinfo(8) shows them); the first of several,
// nullopt without one. `key` is the whole key: "version" does not find "srcversion=…". Takes any
// bytes. Pure.
std::optional<std::string> ModuleInfo(absl::string_view modinfo, absl::string_view key);

}  // namespace probefarm
