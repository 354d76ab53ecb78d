#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/archive/tar_writer.h"
#include "worker/inputs/archive_copy.h"

namespace probefarm {

// The last entry of a header tree: a tree without it was never finished.
inline constexpr char kCompleteMarker[] = ".probefarm-complete";

// Where a path of a header package goes: only usr/src and usr/lib are kept. Pure.
std::optional<std::string> HeaderPath(std::string const& path);

// Writes the packages' entries in order, then the marker. Absolute links into /usr/src and /usr/lib
// are kept as they are: the builder image leads both to the volume.
absl::Status WriteHeaderTree(std::vector<LocalArchive> const& headers, TarWriter& tar);

// "probefarm-kernel-" and 32 hexadecimal digits of a SHA-256 over the packages' digests in order.
// Pure.
std::string HeaderVolumeName(std::vector<LocalArchive> const& headers);

}  // namespace probefarm
