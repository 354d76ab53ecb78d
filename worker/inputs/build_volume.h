#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "worker/engine/container_engine.h"
#include "worker/inputs/archive_copy.h"

namespace probefarm {

// Who the script runs as, and who owns what it finds. The builder image has /build owned by the
// same, and a fresh volume mounted there copies that owner.
inline constexpr int kBuildUid = 1000;
inline constexpr int kBuildGid = 1000;

// Fills what is mounted at /build of a created, not started container: the archives unpacked over
// one another at source/, the script at build.sh, and an empty folder out/, all owned by the build
// user. source/, out/ and the script are 0755, other modes are the archives'. INVALID_ARGUMENT: an
// archive is broken (for good); else the engine's errors. After an error the volume holds a part.
// Blocks.
absl::Status FillBuildVolume(ContainerEngine& engine, std::string const& container,
                             std::vector<LocalArchive> const& source, std::string const& script);

}  // namespace probefarm
