#include "coordinator/config/debian_names.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/build/path_in_tree.h"

namespace probefarm {
namespace {

bool InSuiteName(char c) {
  return absl::ascii_isalnum(c) || absl::StrContains("-._+~", absl::string_view(&c, 1));
}

bool InPackageName(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c) ||
         absl::StrContains("+-.", absl::string_view(&c, 1));
}

absl::Status Refused(absl::string_view name, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", absl::Utf8SafeCHexEscape(name), "' cannot name a ", what));
}

}  // namespace

absl::Status CheckSuiteName(absl::string_view name) {
  if (std::all_of(name.begin(), name.end(), InSuiteName) && CheckPathInTree(name).ok())
    return absl::OkStatus();
  return Refused(name, "suite");
}

absl::Status CheckPackageName(absl::string_view name) {
  if (!name.empty() && absl::ascii_isalnum(name.front()) &&
      std::all_of(name.begin(), name.end(), InPackageName)) {
    return absl::OkStatus();
  }
  return Refused(name, "package");
}

}  // namespace probefarm
