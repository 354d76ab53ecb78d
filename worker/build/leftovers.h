#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "worker/build/build_container.h"
#include "worker/engine/container_engine.h"

namespace probefarm {

// Removes what dead runs of this worker left: its containers (builds and fillers), its build
// volumes, and all files in its spool folder. Header volumes stay: they belong to no one worker.
// To be called at start, before the first build: it would take running ones for dead. Goes on after
// an error; the first is returned. A spool folder that is not there is empty.
absl::Status RemoveLeftovers(ContainerEngine& engine, std::string const& worker_id,
                             std::string const& spool_dir);

// The same while builds run, for what an engine did not remove when a build ended, because it was
// away: containers and volumes of builds whose lease is not held, fillers not included. `is_held`
// is asked after the engine was, so that a build that begins meanwhile is safe.
absl::Status RemoveStrays(ContainerEngine& engine, std::string const& worker_id,
                          std::function<bool(BuildLease const&)> const& is_held);

}  // namespace probefarm
