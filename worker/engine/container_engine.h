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

// Labels of a container or a volume, by key; worker/inputs/labels.h has the worker's.
using ContainerLabels = std::map<std::string, std::string>;

// What an engine says of itself.
struct EngineVersion {
  std::string name;         // "docker", "podman"
  std::string version;      // "20.10.24+dfsg1"
  std::string api_version;  // "1.41": the newest that it speaks
  std::string arch;         // "amd64", as the engine says it
};

// The machine that an engine runs on, as it sees it.
struct EngineHost {
  std::string data_folder;     // where volumes and images are, on that machine
  bool limits_memory = false;  // whether it can hold a container to its memory limit
};

// A volume of the engine in a container. One that is not there is made, without labels, together
// with the container.
struct VolumeMount {
  std::string volume;  // its name
  std::string path;    // absolute, in the container
  bool read_only = false;
};

// A container as the worker makes them: never a bind mount, never more than it needs.
struct ContainerSpec {
  std::string name;   // unique on the engine; creation with a taken name is ALREADY_EXISTS
  std::string image;  // id ("sha256:…")
  std::vector<std::string> command;  // in place of the image's entrypoint and command; empty: those
  std::vector<std::string> env;      // "KEY=value", added to the image's
  std::string user;                  // "1000:1000"; empty: the image's
  std::string working_dir;           // absolute; empty: the image's
  ContainerLabels labels;
  std::vector<VolumeMount> mounts;
  std::vector<std::string> tmpfs;  // paths; writable by all, small, nothing in it can be executed
  // Sealed: no network, read-only root, all capabilities dropped, no new privileges.
  bool sealed = true;
  int64_t memory_bytes = 0;  // swap included; 0: no limit
  double cpus = 0;           // 0: no limit
  int64_t pids = 0;          // processes and threads; 0: no limit
  int64_t file_bytes = 0;    // of each file that it writes; 0: no limit
};

// How a container ended.
struct ContainerExit {
  int code = 0;                // of its command; 128 + n when signal n ended that
  bool out_of_memory = false;  // the kernel killed something in it at its memory limit
};

struct ListedContainer {
  std::string id;
  std::string name;
  ContainerLabels labels;
  bool running = false;  // false: created or ended
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
// a deadline. Thread-safe; calls block. What is made lives in the engine until it is removed: it
// outlives this object and its process.
//
// A `label` that selects is "key" or "key=value"; empty selects all. The `id` of a container
// is what CreateContainer() answered. `cancelled` may be null.
//
// An interface because tests need one without a daemon (fake_container_engine.h); both
// implementations pass container_engine_contract.h. A container's life:
//
//   CreateContainer ─► PutArchive … ─► StartContainer ─► FollowLogs, WaitContainer ─► GetArchive
//         └───────────────────── RemoveContainer at any time ─────────────────────────────┘
class ContainerEngine {
 public:
  virtual ~ContainerEngine() = default;

  virtual absl::StatusOr<EngineVersion> Version() = 0;

  virtual absl::StatusOr<EngineHost> Host() = 0;

  // `id` is "sha256:" and 64 hexadecimal digits.
  virtual absl::StatusOr<bool> HasImage(std::string const& id) = 0;
  // Loads an archive as `docker save` writes it, a file of this machine; which images it held, the
  // caller asks HasImage(). NOT_FOUND when it cannot be opened.
  virtual absl::Status LoadImage(std::string const& archive_path) = 0;

  // ALREADY_EXISTS is not an answer of the API: an existing volume stays as it is, with its own
  // labels. Who must know whether it made one, gives it a label of its own and looks.
  virtual absl::Status CreateVolume(std::string const& name, ContainerLabels const& labels) = 0;
  virtual absl::StatusOr<std::vector<ListedVolume>> ListVolumes(std::string const& label) = 0;
  // In use by a container: FAILED_PRECONDITION. No such volume: OK.
  virtual absl::Status RemoveVolume(std::string const& name) = 0;

  // Answers the id. The name is taken from then on until RemoveContainer(): two that race for one
  // can use it as a lock.
  virtual absl::StatusOr<std::string> CreateContainer(ContainerSpec const& spec) = 0;
  // A container that runs already: OK.
  virtual absl::Status StartContainer(std::string const& id) = 0;
  // Until the container ends, with 137 when it was killed. `cancelled` is asked at least once a
  // second. FAILED_PRECONDITION for a container that was never started. After DEADLINE_EXCEEDED
  // (`timeout` is over) and CANCELLED the container goes on: whoever wants its end kills it.
  virtual absl::StatusOr<ContainerExit> WaitContainer(std::string const& id, absl::Duration timeout,
                                                      std::function<bool()> const& cancelled) = 0;
  // stdout and stderr as they come, from the first line until the container ends; the stream's
  // frames are taken off. The sink's error ends it. What the engine keeps of a log is bounded: far
  // beyond what a build prints, lines can be missing. The two streams are pipes: their lines keep
  // no order between them. `cancelled` is asked at least once a second.
  virtual absl::Status FollowLogs(std::string const& id, BodySink const& sink,
                                  std::function<bool()> const& cancelled) = 0;
  // Not running, or no such container: OK.
  virtual absl::Status KillContainer(std::string const& id) = 0;
  // With its anonymous volumes, by force, running or not. No such container: OK.
  virtual absl::Status RemoveContainer(std::string const& id) = 0;
  // Whatever their state.
  virtual absl::StatusOr<std::vector<ListedContainer>> ListContainers(std::string const& label) = 0;

  // Unpacks a tar stream below `path`, an absolute folder that is there, of a created, not started
  // container. Owners and modes are those of the stream. Not for where the container may not write:
  // Docker refuses that, Podman does it.
  // A stream that breaks off may be unpacked in part: its last entry, put as a marker, tells.
  virtual absl::Status PutArchive(std::string const& id, std::string const& path,
                                  BodySource const& tar) = 0;
  // A file or folder as a tar stream, whose names begin with the last component of `path`.
  // NOT_FOUND when it is not there. Works before the start and after the end.
  virtual absl::Status GetArchive(std::string const& id, std::string const& path,
                                  BodySink const& tar) = 0;
  // Whether a file or folder is there. NOT_FOUND is a missing container, false a missing path.
  virtual absl::StatusOr<bool> PathExists(std::string const& id, std::string const& path) = 0;
};

}  // namespace probefarm
