#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/runtime/clock.h"
#include "worker/build/build_log.h"
#include "worker/build/failure_reason.h"
#include "worker/engine/container_engine.h"

namespace probefarm {

// Starts a created container and waits for its end, its output going to `log` meanwhile, on a
// thread of its own. The script ends itself after `timeout`; half a minute later it is killed from
// here, which counts as the same: exit code 124. When this returns, the container runs no more, or
// the engine could not be told so; `log` has had all, and is used no more.
//
// CANCELLED and the engine's errors. Output that could not be had is noted in the log and fails
// nothing; after the end the rest of it is waited for, ten seconds at most. `cancelled` may be
// null. Blocks.
absl::StatusOr<ScriptEnd> RunContainer(ContainerEngine& engine, Clock const& clock,
                                       std::string const& container, absl::Duration timeout,
                                       BuildLog& log, std::function<bool()> const& cancelled);

}  // namespace probefarm
