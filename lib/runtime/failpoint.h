#pragma once

#include "absl/strings/string_view.h"

namespace probefarm {

// A place in the program where a test may have it killed, as though the power had gone: by SIGKILL,
// with nothing flushed and nobody told. Does nothing, at the price of one comparison, unless the
// environment names it when the program starts:
//
//   PROBEFARM_FAILPOINT=store.before_commit           at the first time
//   PROBEFARM_FAILPOINT=store.before_commit:7         at the seventh
//   PROBEFARM_FAILPOINT=store.checkpoint:2:300        300 microseconds after the second
//
// A value that is none of these is said on standard error, and ends the program. Thread-safe.
void Failpoint(absl::string_view name);

}  // namespace probefarm
