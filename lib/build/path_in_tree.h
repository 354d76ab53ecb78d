#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// INVALID_ARGUMENT unless `path` names something below a tree's root: relative, not empty, and
// without NUL, empty parts, "." and "..". The message is "is not …", for a caller to put the name
// of the value in front. Says nothing of links on the way: who unpacks a tree has to refuse those.
absl::Status CheckPathInTree(absl::string_view path);

// The same for ArchiveInput::strip_prefix, which may end in one `/` or be empty.
absl::Status CheckStripPrefix(absl::string_view prefix);

}  // namespace probefarm
