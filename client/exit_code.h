#pragma once

#include "absl/status/status.h"

namespace probefarm {

// What the client tells its caller.
enum ExitCode {
  kDone = 0,
  kFailed = 1,       // the coordinator refused, or what was asked for did not succeed
  kUsage = 2,        // the command line is wrong
  kUnreachable = 3,  // no coordinator answers
};

// The exit code for an RPC's or a command's status. A filter or an option that the coordinator
// finds wrong is usage.
ExitCode ExitCodeFor(absl::Status const& status);

}  // namespace probefarm
