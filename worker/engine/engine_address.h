#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// The socket's path of an engine's address, "unix:///var/run/docker.sock". Anything else — tcp://,
// ssh://, npipe://, a bare or a relative path — is INVALID_ARGUMENT: an engine on another machine
// would run whatever reaches its port as root.
absl::StatusOr<std::string> EngineSocketPath(absl::string_view address);

}  // namespace probefarm
