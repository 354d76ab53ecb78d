#include "tests/testing/podman/podman_engine.h"

#include <csignal>
#include <utility>

#include "lib/runtime/status_macros.h"
#include "tests/testing/farm/wait_until.h"
#include "worker/engine/docker_engine.h"

namespace probefarm {

absl::StatusOr<std::unique_ptr<PodmanEngine>> PodmanEngine::Start() {
  std::unique_ptr<PodmanEngine> podman(new PodmanEngine);
  ASSIGN_OR_RETURN(podman->program_, RunningProgram::Start({PODMAN_ENGINE, podman->socket()},
                                                           podman->folder_ / "podman.log"));
  ASSIGN_OR_RETURN(auto const engine, MakeDockerEngine(podman->address()));
  absl::Status const answers = WaitUntil(
      "Podman answers", [&] { return engine->Version().ok() || !podman->program_->running(); });
  if (!answers.ok() || !podman->program_->running())
    return absl::UnavailableError("scripts/podman-engine: " + podman->program_->errors());
  return podman;
}

// Without root Podman is two processes, of which a killed one does not take the other along.
PodmanEngine::~PodmanEngine() {
  if (!program_) return;
  program_->Signal(SIGTERM);
  program_->WaitForExit().IgnoreError();
}

}  // namespace probefarm
