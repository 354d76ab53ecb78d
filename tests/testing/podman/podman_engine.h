#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "lib/files/temporary_folder.h"
#include "tests/testing/farm/running_program.h"

namespace probefarm {

// A rootless Podman that serves Docker's API on a socket of its own: scripts/podman-engine. All of
// one machine share a user's images and volumes; a test removes what it makes. Ends with this.
class PodmanEngine {
 public:
  // Returns when it answers; an error has what it wrote instead.
  static absl::StatusOr<std::unique_ptr<PodmanEngine>> Start();
  ~PodmanEngine();

  PodmanEngine(PodmanEngine const&) = delete;
  PodmanEngine& operator=(PodmanEngine const&) = delete;

  std::string socket() const { return folder_ / "podman.sock"; }
  // As the worker's `--engine` takes it.
  std::string address() const { return "unix://" + socket(); }

 private:
  PodmanEngine() = default;

  TemporaryFolder folder_;
  std::unique_ptr<RunningProgram> program_;
};

}  // namespace probefarm
