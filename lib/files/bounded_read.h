#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lib/files/unique_fd.h"

namespace probefarm {

// The bytes of an open file from its position to its end. INVALID_ARGUMENT when there are more than
// `max_bytes`, of which no more than one is read; other errors are absl's of errno. All name
// `path`. Blocks for the disk; a file opened with O_NONBLOCK does not hang on a pipe.
absl::StatusOr<std::string> ReadUpTo(UniqueFd const& fd, std::string const& path, size_t max_bytes);

}  // namespace probefarm
