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

// Where a path of a header package goes: what is below usr/src and usr/lib is kept under its path,
// all else (documentation, boot files) is left out. Pure; a PathMap.
std::optional<std::string> HeaderPath(std::string const& path);

// Writes the packages' entries in order, then the marker; paths are relative to the volume's root.
// Absolute links into /usr/src and /usr/lib, as Debian's packages linux-headers-* and
// linux-kbuild-* have them, are kept as they are: the builder image leads both to the volume.
// Errors are those of CopyArchive() and of the stream; without the marker the tree does not count.
absl::Status WriteHeaderTree(std::vector<LocalArchive> const& headers, TarWriter& tar);

// "probefarm-kernel-" and 32 hexadecimal digits of a SHA-256 over the packages' digests and
// `strip_prefix`es in order: what the tree holds decides its name, URLs and file names do not.
// Pure.
std::string HeaderVolumeName(std::vector<LocalArchive> const& headers);

}  // namespace probefarm
