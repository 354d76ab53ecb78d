#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/releases/directory/release_path.h"

namespace probefarm {

// Every asset below the folder of all releases, side files not, in no particular order. What can be
// no asset is passed over: a file outside a release, a name that SanitizeAssetName() changes. Reads
// directories, not files.
absl::StatusOr<std::vector<ReleasePath>> WalkAssets(std::string const& downloads);

// The files of that name in all releases. UNAVAILABLE as above.
absl::StatusOr<std::vector<ReleasePath>> WalkFiles(std::string const& downloads,
                                                   std::string const& name);

}  // namespace probefarm
