#pragma once

#include "absl/status/status.h"

namespace probefarm {

// What the client tells its caller: part of its interface, listed by `probefarm --help`.
enum ExitCode {
  kDone = 0,
  kFailed = 1,       // the coordinator refused, or what was asked for did not succeed
  kUsage = 2,        // the command line is wrong
  kUnreachable = 3,  // no coordinator, or no server with releases, answers
  kNotGenuine = 4,   // bytes are not what was published, or nobody who is believed signed them
};

// The exit code for an RPC's or a command's status: INVALID_ARGUMENT is kUsage, since a filter or
// an option that the coordinator finds wrong is usage; UNAVAILABLE and DEADLINE_EXCEEDED are
// kUnreachable; DATA_LOSS is kNotGenuine; every other error is kFailed. Pure.
ExitCode ExitCodeFor(absl::Status const& status);

}  // namespace probefarm
