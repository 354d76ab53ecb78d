#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace probefarm {

// The id kept in `<folder>/worker-id`, made of the host's name and a few random digits when there
// is none: the same after a restart, so that the worker finds what its predecessor left, and
// another one for another folder.
absl::StatusOr<std::string> KeptWorkerId(std::string const& folder);

}  // namespace probefarm
