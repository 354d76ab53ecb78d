#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// INVALID_ARGUMENT unless `path` names something below a tree's root: relative, not empty, and
// without NUL, empty parts, "." and "..".
absl::Status CheckPathInTree(absl::string_view path);

// The same for ArchiveInput::strip_prefix, which may end in one `/` or be empty.
absl::Status CheckStripPrefix(absl::string_view prefix);

}  // namespace probefarm
