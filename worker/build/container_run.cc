#include "worker/build/container_run.h"

#include "absl/strings/str_cat.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"
#include "worker/build/log_follower.h"

namespace probefarm {
namespace {

constexpr absl::Duration kKillGrace = absl::Seconds(30);
constexpr absl::Duration kLogDrain = absl::Seconds(10);
constexpr int kExitTimedOut = 124;  // what `timeout` in the container would have said

void Kill(ContainerEngine& engine, std::string const& container) {
  if (absl::Status const status = engine.KillContainer(container); !status.ok()) {
    Log(LogLevel::kWarning, "container is not killed",
        {{"container", container}, {"error", status.message()}});
  }
}

absl::StatusOr<ContainerExit> AwaitExit(ContainerEngine& engine, std::string const& container,
                                        absl::Duration timeout,
                                        std::function<bool()> const& cancelled) {
  auto exit = engine.WaitContainer(container, timeout + kKillGrace, cancelled);
  if (!exit.ok()) Kill(engine, container);
  return exit;
}

void FinishLog(LogFollower& follower, BuildLog& log) {
  if (absl::Status const status = follower.Finish(kLogDrain); !status.ok()) {
    log.AppendLine(absl::StrCat("probefarm-worker: output is missing: ", status.message()));
  }
}

}  // namespace

absl::StatusOr<ScriptEnd> RunContainer(ContainerEngine& engine, Clock const& clock,
                                       std::string const& container, absl::Duration timeout,
                                       BuildLog& log, std::function<bool()> const& cancelled) {
  absl::Duration const start = clock.SinceBoot();
  RETURN_IF_ERROR(engine.StartContainer(container));
  LogFollower follower(&engine, container, [&log](absl::string_view bytes) {
    log.AppendOutput(bytes);
    return absl::OkStatus();
  });
  auto const exit = AwaitExit(engine, container, timeout, cancelled);
  FinishLog(follower, log);
  absl::Duration const ran = clock.SinceBoot() - start;
  if (absl::IsDeadlineExceeded(exit.status()) && ran >= timeout) {
    return ScriptEnd{{kExitTimedOut, /*out_of_memory=*/false}, ran};
  }
  RETURN_IF_ERROR(exit.status());
  return ScriptEnd{*exit, ran};
}

}  // namespace probefarm
