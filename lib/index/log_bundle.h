#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// The build logs of many probes in one file, which anyone can unpack with `tar --zstd -xf`: a tar
// archive packed with zstd, of a file `<asset name>.log` each.

// A build log by the asset's name.
struct NamedLog {
  std::string asset_name;
  std::string text;
};

// What a bundle may hold, unpacked; and at most as much packed.
inline constexpr int64_t kLargestLogBundle = int64_t{128} << 20;

// The same logs in the same order give the same bytes, with the same version of the zstd library.
// RESOURCE_EXHAUSTED beyond kLargestLogBundle, or without memory. Pure.
absl::StatusOr<std::string> RenderLogBundle(std::vector<NamedLog> const& logs);

// One log out of a bundle. NOT_FOUND when the bundle does not hold it; DATA_LOSS and others of
// ArchiveReader for what is no bundle. Pure; takes any bytes.
absl::StatusOr<std::string> LogInBundle(absl::string_view bundle, std::string const& asset_name);

}  // namespace probefarm
