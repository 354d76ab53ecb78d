#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "worker/build/build_outcome.h"
#include "worker/engine/container_engine.h"

namespace probefarm {

// Copies the file `source` (absolute, in the container) out of an ended container to `destination`,
// computing its digest on the way. The engine gives a tar stream, which lies beside the destination
// for a moment ("<destination>.tar") so that the one careful tar reader can read it; a probe has a
// few megabytes. The destination's folder is there; the file is readable by this user alone, is not
// synced (a worker that dies forgets it), and belongs to the caller.
//
// FAILED_PRECONDITION: there is no such file, it is not one regular file (a link, a folder), or it
// has more than `max_bytes`; the engine's errors; RESOURCE_EXHAUSTED and others of this machine's
// disk. Nothing is left at `destination` then. Blocks.
absl::StatusOr<BuiltArtifact> CopyArtifact(ContainerEngine& engine, std::string const& container,
                                           std::string const& source, int64_t max_bytes,
                                           std::string const& destination);

}  // namespace probefarm
