#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "lib/runtime/secret.h"

namespace probefarm {

// The content of a file that holds a secret, `most` bytes at most. PERMISSION_DENIED, with the
// remedy, when anyone but its owner may read or change it; INVALID_ARGUMENT when it is too large
// or no regular file; else the status of the file's error. Messages hold nothing of the content.
// Blocks for the disk.
absl::StatusOr<Secret> ReadSecretFile(std::string const& path, size_t most);

}  // namespace probefarm
