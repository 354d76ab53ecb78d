#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace probefarm {

// A program to run, without a shell.
struct SubprocessCommand {
  std::vector<std::string> argv;  // the first is looked for in PATH when it holds no slash
  absl::Duration timeout = absl::Seconds(30);  // finite; real time, suspension left out
  size_t max_output_bytes = size_t{1} << 20;   // of standard output, and again of standard error
};

// How it ended.
struct SubprocessResult {
  int exit_code = 0;   // 0 to 255
  std::string output;  // standard output
  std::string errors;  // standard error
};

// Runs a program to its end and collects what it wrote. It gets the caller's environment and
// folder, /dev/null as standard input, no other open descriptor, no blocked or ignored signal, and
// a process group of its own, of which nothing is left running on return.
//
// OK whenever the program exited, whatever its exit code means. NOT_FOUND: there is no such
// program; DEADLINE_EXCEEDED: it was killed after `timeout`; RESOURCE_EXHAUSTED: it was killed for
// writing too much; ABORTED: a signal ended it; INVALID_ARGUMENT: `argv` is empty. Messages hold
// the whole command line: pass no secret there, which other users of the machine could read anyway.
// What it wrote is lost unless it is OK. Thread-safe; blocks.
absl::StatusOr<SubprocessResult> RunSubprocess(SubprocessCommand const& command);

}  // namespace probefarm
