#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/build/build_spec.h"
#include "lib/build/json_value.h"

namespace probefarm {

// The parts of a build spec that say what is fetched and where it goes. Digests must be digests,
// URLs http or https, paths relative and without "." or ".."; at most 64 archives of 16 GB and 16
// URLs each. All else is INVALID_ARGUMENT with the path of the key. Pure.

// A list of {"file", "format", "strip_prefix"}, as `headers` and `source` are.
absl::StatusOr<std::vector<ArchiveInput>> ParseArchives(JsonValue const& value);
// {"archive", "fingerprint", "id"}; the id is "sha256:" and 64 lower-case hexadecimal digits.
absl::StatusOr<ImageInput> ParseImage(JsonValue const& value);
// One component of a path, as CheckFileName() of asset_name.h has it.
absl::StatusOr<std::string> ParseFileName(JsonValue const& value);
// A path as CheckPathInTree() has it.
absl::StatusOr<std::string> ParsePathInTree(JsonValue const& value);

}  // namespace probefarm
