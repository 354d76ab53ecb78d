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

// Those files whose names `takes` lets through.
template <class Filter>
absl::StatusOr<std::vector<ReleasePath>> Walk(std::string const& downloads, Filter const& takes) {
  std::vector<ReleasePath> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(downloads, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code gone;
    if (!entry->is_regular_file(gone)) continue;
    absl::StatusOr<ReleasePath> path =
        SplitReleasePath(entry->path().string().substr(downloads.size() + 1));
    if (path.ok() && takes(path->file)) files.push_back(*std::move(path));
  }
  if (error) return absl::UnavailableError(absl::StrCat("list ", downloads, ": ", error.message()));
  return files;
}

}  // namespace

absl::StatusOr<std::vector<ReleasePath>> WalkAssets(std::string const& downloads) {
  return Walk(downloads, &IsAssetName);
}

absl::StatusOr<std::vector<ReleasePath>> WalkFiles(std::string const& downloads,
                                                   std::string const& name) {
  return Walk(downloads, [&name](std::string const& file) { return file == name; });
}

}  // namespace probefarm
