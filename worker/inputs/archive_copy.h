#pragma once

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/archive/archive_reader.h"
#include "lib/archive/tar_writer.h"
#include "lib/build/build_spec.h"
#include "worker/engine/container_engine.h"
#include "worker/inputs/tar_pipe.h"

namespace probefarm {

// An archive of a build spec and where its file is on this machine.
struct LocalArchive {
  ArchiveInput input;
  std::string path;
};

// Where an entry of an archive goes in a tree; nullopt: it is left out. Gets paths with the
// archive's `strip_prefix` taken off, relative and without `..`; answers such paths. Pure: it is
// asked for the targets of hard links, too, and answers the same.
using PathMap = std::function<std::optional<std::string>(std::string const& path)>;

// What is left of a path below `prefix` (a folder, with or without its slash; empty: all). nullopt
// for what is not below it, the folder itself included. Pure.
//
//   PathBelow("usr/src/scap-0.20.0/main.c", "usr/src/scap-0.20.0/")  "main.c"
//   PathBelow("usr/src/scap-0.20.01/main.c", "usr/src/scap-0.20.0")  nullopt
std::optional<std::string> PathBelow(absl::string_view path, absl::string_view prefix);

// Writes the archive's entries, as `map` places them, into a tar stream; does not end it, so that
// several archives can follow one another. INVALID_ARGUMENT that names the archive when it is
// broken, holds what ArchiveReader refuses or more than its limits, a hard link to what is left
// out, or nothing below its `strip_prefix`: nothing mends that. Other errors, the stream's among
// them, keep their code. Blocks.
absl::Status CopyArchive(LocalArchive const& archive, ArchiveReader::Options options,
                         PathMap const& map, TarWriter& tar);

// Streams what `writer` writes, owned by `uid`:`gid`, to below `path` of a created container. The
// writer runs on a thread of its own, which has ended on return. Its error is preferred to the
// engine's, which then only says that the stream broke off. Blocks.
absl::Status PutTree(ContainerEngine& engine, std::string const& container, std::string const& path,
                     int uid, int gid, TarPipe::Writer writer);

}  // namespace probefarm
