#pragma once

#include <string>

#include "absl/status/status.h"
#include "worker/engine/container_engine.h"

namespace probefarm {

// Removes what dead runs of this worker left: its containers (builds and fillers), its build
// volumes, and all files in its spool folder. Header volumes stay: they belong to no one worker.
// To be called at start, before the first build: it would take running ones for dead. Goes on after
// an error; the first is returned. A spool folder that is not there is empty.
absl::Status RemoveLeftovers(ContainerEngine& engine, std::string const& worker_id,
                             std::string const& spool_dir);

}  // namespace probefarm
