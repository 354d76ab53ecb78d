#include "coordinator/releases/upload_intent.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/digest/hex.h"
#include "lib/driver/asset_name.h"
#include "lib/index/side_file_names.h"
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

absl::Status CheckUploadIntent(UploadIntent const& intent, absl::string_view asset_name) {
  RETURN_IF_ERROR(CheckReleaseTag(intent.tag));
  RETURN_IF_ERROR(CheckFileName(asset_name));
  if (IsSideFileName(asset_name))
    return absl::InvalidArgumentError(
        absl::StrCat("'", asset_name, "' is the name of a side file; a probe may not take it"));
  if (intent.size <= 0 || !IsSha256Hex(intent.sha256))
    return absl::InvalidArgumentError(absl::StrCat("upload of '", asset_name, "': size ",
                                                   intent.size, " with sha256 '", intent.sha256,
                                                   "' is no file"));
  return absl::OkStatus();
}

}  // namespace probefarm
