#include "coordinator/releases/directory/release_path.h"

#include "coordinator/releases/upload_intent.h"
#include "lib/driver/asset_name.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
absl::StatusOr<ReleasePath> SplitReleasePath(absl::string_view path) {
  size_t const slash = path.rfind('/');
  if (slash == absl::string_view::npos) return absl::InvalidArgumentError("expected <tag>/<file>");
  ReleasePath split{std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
  RETURN_IF_ERROR(CheckReleaseTag(split.tag));
  RETURN_IF_ERROR(CheckFileName(split.file));
  return split;
}

}  // namespace probefarm
