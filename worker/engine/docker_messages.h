#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "worker/engine/container_engine.h"

// The JSON of the Docker Engine API, version 1.40: bodies out, answers in. Pure. Answers are from
// outside: a field that is needed and missing or of another type makes INTERNAL, which names it;
// fields that are not known are passed over, and null is the same as missing, since Go writes empty
// lists and maps so. Only what Podman's compatible API also has is used.
namespace probefarm {

// A tmpfs of a container holds no more; it counts as the container's memory, too.
inline constexpr int64_t kTmpfsBytes = int64_t{256} << 20;

// The engine keeps a container's output as JSON lines and rotates them, so that a container that
// prints without end does not fill the engine's disk: at most two such files. Up to the first
// rotation a follower gets every line. From then on it may miss some, even the last ones, and is
// not told so (seen with Docker 20.10, json-file and local alike); so the size is well above what
// is kept of a build's log.
inline constexpr int64_t kLogFileBytes = int64_t{64} << 20;

// Body of POST /containers/create. The command replaces the image's entrypoint and command. Beyond
// what the spec says, a container has an init process, which reaps what a script leaves behind, no
// terminal, no standard input, and is not removed by itself. INVALID_ARGUMENT for text that is not
// UTF-8, which JSON cannot hold; likewise for the two below.
absl::StatusOr<std::string> ContainerCreateBody(ContainerSpec const& spec);
// Body of POST /volumes/create: a volume of the driver "local".
absl::StatusOr<std::string> VolumeCreateBody(std::string const& name,
                                             ContainerLabels const& labels);
// The parameter `filters` that selects by a label, "key" or "key=value"; empty selects all.
absl::StatusOr<std::string> LabelFilter(std::string const& label);

// Answer of POST /containers/create.
struct CreatedContainer {
  std::string id;
  std::vector<std::string> warnings;  // limits that the engine's kernel cannot keep
};

// How a container stands, from GET /containers/{id}/json.
struct ContainerState {
  bool started = false;  // at any time
  bool running = false;
  ContainerExit exit;  // once it has ended
};

// Answers of GET /version, GET /info, POST /containers/create, GET /containers/{id}/json, GET
// /containers/json and GET /volumes. An engine is "podman" when one of its components is called so,
// else "docker". A container's name comes without the `/` that the API puts in front; a paused one
// counts as running.
absl::StatusOr<EngineVersion> ParseVersion(absl::string_view body);
absl::StatusOr<EngineHost> ParseHost(absl::string_view body);
absl::StatusOr<CreatedContainer> ParseCreatedContainer(absl::string_view body);
absl::StatusOr<ContainerState> ParseContainerState(absl::string_view body);
absl::StatusOr<std::vector<ListedContainer>> ParseContainers(absl::string_view body);
absl::StatusOr<std::vector<ListedVolume>> ParseVolumes(absl::string_view body);

// The answer of POST /images/load: progress as JSON values one after the other, with status 200
// even when it fails half way; then the engine's own reason, as EngineReasonToStatus() maps it.
absl::Status CheckImageLoaded(absl::string_view body);

}  // namespace probefarm
