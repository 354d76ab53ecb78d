#include "coordinator/releases/directory/release_path.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/driver/asset_name.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kMaxTag = 200;
constexpr size_t kMaxParts = 4;

absl::Status CheckPart(absl::string_view part) {
  RETURN_IF_ERROR(CheckFileName(part));
  if (absl::StartsWith(part, "."))
    return absl::InvalidArgumentError(absl::StrCat("'", part, "' begins with a dot"));
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckReleaseTag(absl::string_view tag) {
  std::string const shown = absl::StrCat("tag '", absl::CHexEscape(tag.substr(0, kMaxTag)), "'");
  std::vector<absl::string_view> const parts = absl::StrSplit(tag, '/');
  if (tag.size() > kMaxTag || parts.size() > kMaxParts)
    return absl::InvalidArgumentError(
        absl::StrCat(shown, " is over ", kMaxTag, " bytes or ", kMaxParts, " parts"));
  for (absl::string_view const part : parts) RETURN_IF_ERROR(Annotate(CheckPart(part), shown));
  return absl::OkStatus();
}

absl::StatusOr<ReleasePath> SplitReleasePath(absl::string_view path) {
  size_t const slash = path.rfind('/');
  if (slash == absl::string_view::npos) return absl::InvalidArgumentError("expected <tag>/<file>");
  ReleasePath split{std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
  RETURN_IF_ERROR(CheckReleaseTag(split.tag));
  RETURN_IF_ERROR(CheckFileName(split.file));
  return split;
}

}  // namespace probefarm
