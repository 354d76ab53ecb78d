#include "lib/build/path_in_tree.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace probefarm {

absl::Status CheckPathInTree(absl::string_view path) {
  std::vector<absl::string_view> const parts = absl::StrSplit(path, '/');
  bool const plain = std::none_of(parts.begin(), parts.end(), [](absl::string_view part) {
    return part.empty() || part == "." || part == "..";
  });
  if (plain && path.find('\0') == absl::string_view::npos) return absl::OkStatus();
  return absl::InvalidArgumentError("is not a relative path that stays in its tree");
}

absl::Status CheckStripPrefix(absl::string_view prefix) {
  if (prefix.empty()) return absl::OkStatus();
  return CheckPathInTree(absl::StripSuffix(prefix, "/"));
}

}  // namespace probefarm
