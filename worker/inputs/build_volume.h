#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "worker/engine/container_engine.h"
#include "worker/inputs/archive_copy.h"

namespace probefarm {

// Who the script runs as, and who owns what it finds.
inline constexpr int kBuildUid = 1000;
inline constexpr int kBuildGid = 1000;

// Fills what is mounted at /build of a created, not started container: the archives unpacked over
// one another at source/, the script at build.sh, and an empty folder out/, all owned by the build
// user. INVALID_ARGUMENT: an archive is broken (for good); else the engine's errors.
absl::Status FillBuildVolume(ContainerEngine& engine, std::string const& container,
                             std::vector<LocalArchive> const& source, std::string const& script);

}  // namespace probefarm
