#include "coordinator/releases/directory/asset_walk.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/driver/asset_name.h"
#include "lib/index/side_file_names.h"

namespace probefarm {
namespace {

namespace fs = std::filesystem;

bool IsAssetName(std::string const& name) {
  return SanitizeAssetName(name) == name && !IsSideFileName(name);
}

void AppendAsset(fs::directory_entry const& entry, std::string const& downloads,
                 std::vector<ReleasePath>& assets) {
  std::error_code gone;
  if (!entry.is_regular_file(gone)) return;
  absl::StatusOr<ReleasePath> path =
      SplitReleasePath(entry.path().string().substr(downloads.size() + 1));
  if (path.ok() && IsAssetName(path->file)) assets.push_back(*std::move(path));
}

}  // namespace

absl::StatusOr<std::vector<ReleasePath>> WalkAssets(std::string const& downloads) {
  std::vector<ReleasePath> assets;
  std::error_code error;
  fs::recursive_directory_iterator entry(downloads, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error))
    AppendAsset(*entry, downloads, assets);
  if (error) return absl::UnavailableError(absl::StrCat("list ", downloads, ": ", error.message()));
  return assets;
}

}  // namespace probefarm
