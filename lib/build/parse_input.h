#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/build/build_spec.h"
#include "lib/build/json_value.h"

namespace probefarm {

// The parts of a build spec that say what is fetched and where it goes. Digests must be digests,
// URLs http or https, paths relative and without "." or ".."; at most 64 archives of 16 GB and 16
// URLs each.
absl::StatusOr<std::vector<ArchiveInput>> ParseArchives(JsonValue const& value);
absl::StatusOr<ImageInput> ParseImage(JsonValue const& value);
absl::StatusOr<std::string> ParseFileName(JsonValue const& value);
absl::StatusOr<std::string> ParsePathInTree(JsonValue const& value);

}  // namespace probefarm
