#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// The socket's path of an engine's address, "unix:///var/run/docker.sock". Anything else — tcp://,
// ssh://, npipe://, a bare or a relative path, one longer than a socket's can be (unix(7): 107
// bytes) — is INVALID_ARGUMENT that shows the right form: an engine on another machine would run
// whatever reaches its port as root. Pure: does not look whether there is such a socket.
absl::StatusOr<std::string> EngineSocketPath(absl::string_view address);

}  // namespace probefarm
