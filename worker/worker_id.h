#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace probefarm {

// The id kept in `<folder>/worker-id`, made of the host's name and a few random digits
// ("build3-5f0c2a91") when there is none: the same after a restart, so that the worker finds what
// its predecessor left, and another one for another folder. The folder is made when it is not
// there. A file whose first line is empty or longer than 100 bytes counts as none. Errors are those
// of durable_file.h: the folder or the file cannot be written.
absl::StatusOr<std::string> KeptWorkerId(std::string const& folder);

}  // namespace probefarm
