#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "worker/engine/container_engine.h"
#include "worker/lease/stop_signal.h"

namespace probefarm {

// Whether this machine can build now: its engine answers, and every folder that a build fills has
// room. A worker that finds it cannot takes no lease until it can. Thread-safe.
class MachineCheck {
 public:
  struct Options {
    // Each on a file system that must have `min_free_bytes` for users other than root. A folder
    // that is not there is not looked at: the engine's own may be on another machine.
    std::vector<std::string> folders;
    int64_t min_free_bytes = 0;
    absl::Duration ask_again = absl::Seconds(5);
  };
  // Bytes that are free for us on the file system of a folder; NOT_FOUND when there is no such
  // folder. FreeBytes() of lib/files, but for tests.
  using FreeSpace = std::function<absl::StatusOr<int64_t>(std::string const& folder)>;

  // `engine` and `stop` outlive this.
  MachineCheck(ContainerEngine& engine, StopSignal& stop, FreeSpace free_space, Options options);

  // OK; UNAVAILABLE: the engine does not answer; RESOURCE_EXHAUSTED names the folder that is too
  // full, what it has and what it needs.
  absl::Status Check() const;

  // The same for builds that run: whether the folders have at least half of that. The engine is not
  // asked.
  absl::Status CheckRoom() const;

  // The room of the folder that has the least; nothing when none can be looked at.
  std::optional<int64_t> LeastFree() const;

  // Blocks until Check() is OK: true; false once the worker drains. Logs the first failure and the
  // end of it.
  bool AwaitFit() const;

 private:
  absl::Status CheckFolders(int64_t min_free_bytes) const;

  ContainerEngine& engine_;
  StopSignal& stop_;
  FreeSpace const free_space_;
  Options const options_;
};

}  // namespace probefarm
