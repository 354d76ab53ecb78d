#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/http/http_client.h"

namespace probefarm {

using ContainerLabels = std::map<std::string, std::string>;

struct EngineVersion {
  std::string name;     // "docker", "podman"
  std::string version;  // "20.10.24+dfsg1"
  std::string api_version;
  std::string arch;  // "amd64", as the engine says it
};

struct VolumeMount {
  std::string volume;
  std::string path;
  bool read_only = false;
};

// A container as the worker makes them: never a bind mount, never more than it needs.
struct ContainerSpec {
  std::string name;   // unique on the engine; creation with a taken name is ALREADY_EXISTS
  std::string image;  // id ("sha256:…")
  std::vector<std::string> command;  // in place of the image's entrypoint and command
  std::vector<std::string> env;      // "KEY=value"
  std::string user;                  // "1000:1000"
  std::string working_dir;
  ContainerLabels labels;
  std::vector<VolumeMount> mounts;
  std::vector<std::string> tmpfs;  // paths
  // Sealed: no network, read-only root, all capabilities dropped, no new privileges.
  bool sealed = true;
  int64_t memory_bytes = 0;  // swap included; 0: no limit
  double cpus = 0;           // 0: no limit
  int64_t pids = 0;          // 0: no limit
};

struct ContainerExit {
  int code = 0;
  bool out_of_memory = false;
};

struct ListedContainer {
  std::string id;
  std::string name;
  ContainerLabels labels;
  bool running = false;
};

struct ListedVolume {
  std::string name;
  ContainerLabels labels;
};

// The part of a container engine that a build needs. Errors name the operation and the object:
// NOT_FOUND (no such container, image, volume), ALREADY_EXISTS (name taken), UNAVAILABLE (the
// engine does not answer), DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED (no space left),
// FAILED_PRECONDITION (a conflict with what is there), INVALID_ARGUMENT (the engine takes the
// request itself for wrong), INTERNAL (the engine failed, or an answer is not what the API
// promises), CANCELLED. An error of a caller's sink or source is returned as it is. Every call has
// a deadline. Thread-safe; calls block.
//
// A `label` that selects is "key" or "key=value"; empty selects all.
class ContainerEngine {
 public:
  virtual ~ContainerEngine() = default;

  virtual absl::StatusOr<EngineVersion> Version() = 0;

  virtual absl::StatusOr<bool> HasImage(std::string const& id) = 0;
  // Loads an archive as `docker save` writes it.
  virtual absl::Status LoadImage(std::string const& archive_path) = 0;

  // ALREADY_EXISTS is not an answer of the API: an existing volume stays as it is, with its own
  // labels.
  virtual absl::Status CreateVolume(std::string const& name, ContainerLabels const& labels) = 0;
  virtual absl::StatusOr<std::vector<ListedVolume>> ListVolumes(std::string const& label) = 0;
  // In use by a container: FAILED_PRECONDITION. No such volume: OK.
  virtual absl::Status RemoveVolume(std::string const& name) = 0;

  virtual absl::StatusOr<std::string> CreateContainer(ContainerSpec const& spec) = 0;
  virtual absl::Status StartContainer(std::string const& id) = 0;
  // Until the container ends, with 137 when it was killed. `cancelled` is asked at least once a
  // second. FAILED_PRECONDITION for a container that was never started.
  virtual absl::StatusOr<ContainerExit> WaitContainer(std::string const& id, absl::Duration timeout,
                                                      std::function<bool()> const& cancelled) = 0;
  // stdout and stderr as they come, from the first line until the container ends; the stream's
  // frames are taken off. The sink's error ends it. What the engine keeps of a log is bounded: far
  // beyond what a build prints, lines can be missing.
  virtual absl::Status FollowLogs(std::string const& id, BodySink const& sink,
                                  std::function<bool()> const& cancelled) = 0;
  // Not running, or no such container: OK.
  virtual absl::Status KillContainer(std::string const& id) = 0;
  // With its anonymous volumes, by force. No such container: OK.
  virtual absl::Status RemoveContainer(std::string const& id) = 0;
  virtual absl::StatusOr<std::vector<ListedContainer>> ListContainers(std::string const& label) = 0;

  // Unpacks a tar stream below `path` of a created, not started container.
  virtual absl::Status PutArchive(std::string const& id, std::string const& path,
                                  BodySource const& tar) = 0;
  // A file or folder as a tar stream. NOT_FOUND when it is not there.
  virtual absl::Status GetArchive(std::string const& id, std::string const& path,
                                  BodySink const& tar) = 0;
  virtual absl::StatusOr<bool> PathExists(std::string const& id, std::string const& path) = 0;
};

}  // namespace probefarm
