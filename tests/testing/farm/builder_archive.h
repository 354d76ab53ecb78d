#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace probefarm {

// Writes an archive that a coordinator takes for a builder image: a manifest, and a configuration
// with the labels that are asked for. It has no layers, so nothing can be built in it. For amd64,
// with gcc 12: whatever a small archive offers is planned for it.
absl::Status WriteBareBuilder(std::string const& path);

// The archive of the real image: PROBEFARM_BUILDER_IMAGE, else what scripts/builder-image made.
// NOT_FOUND says what to run. Does not look into it.
absl::StatusOr<std::string> RealBuilder();

}  // namespace probefarm
