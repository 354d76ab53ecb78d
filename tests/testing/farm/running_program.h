#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/testing/farm/wait_until.h"

namespace probefarm {

// A program that runs beside the test, with its output in files. Killed when this is destroyed, and
// by the kernel when the test itself is killed. Not thread-safe.
class RunningProgram {
 public:
  // Starts argv[0], a path. Standard output goes to `<log>.out`, standard error to `<log>`; both
  // are appended to, so that a second run with the same log continues it. `log` is a path. Standard
  // input is empty. A program that cannot be run ends with 127.
  static absl::StatusOr<std::unique_ptr<RunningProgram>> Start(std::vector<std::string> argv,
                                                               std::string log);
  ~RunningProgram();

  RunningProgram(RunningProgram const&) = delete;
  RunningProgram& operator=(RunningProgram const&) = delete;

  // Collects the exit code when it has ended.
  bool running();
  // SIGTERM, SIGKILL, …; nothing once it has ended.
  void Signal(int signal);
  // The exit code; 128 and its number when a signal ended it. DEADLINE_EXCEEDED names the program.
  absl::StatusOr<int> WaitForExit(absl::Duration patience = kPatience);

  std::string output() const;  // standard output so far
  std::string errors() const;  // standard error so far, of this and earlier runs

 private:
  RunningProgram(pid_t pid, std::string name, std::string log);

  pid_t const pid_;
  std::string const name_;
  std::string const log_;
  std::optional<int> exit_code_;
};

}  // namespace probefarm
