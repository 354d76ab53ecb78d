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
// archive's `strip_prefix` taken off.
using PathMap = std::function<std::optional<std::string>(std::string const& path)>;

// What is left of a path below `prefix` (a folder, with or without its slash; empty: all). nullopt
// for what is not below it, the folder itself included. Pure.
std::optional<std::string> PathBelow(absl::string_view path, absl::string_view prefix);

// Writes the archive's entries, as `map` places them, into a tar stream. INVALID_ARGUMENT that
// names the archive when it is broken, holds what ArchiveReader refuses, or nothing below its
// `strip_prefix`: nothing mends that.
absl::Status CopyArchive(LocalArchive const& archive, ArchiveReader::Options options,
                         PathMap const& map, TarWriter& tar);

// Streams what `writer` writes, owned by `uid`:`gid`, to below `path` of a created container. The
// writer's error is preferred to the engine's, which then only says that the stream broke off.
absl::Status PutTree(ContainerEngine& engine, std::string const& container, std::string const& path,
                     int uid, int gid, TarPipe::Writer writer);

}  // namespace probefarm
