#pragma once

#include <functional>
#include <ostream>
#include <string>

#include "worker/build/build_log.h"

namespace probefarm {

// What the command line of `probefarm-worker rebuild` says.
struct RebuildOptions {
  std::string what;        // the name of an asset, or the path of a file with a build spec
  std::string index;       // URL of the release that has it; see FindPublishedBuild()
  std::string sha256;      // what to compare with, in place of the index's
  std::string inputs_dir;  // see TakeInputsFrom(); may be empty
  std::string cache_dir;   // made when it is not there; below it: inputs/, headers/, spool/
  std::string engine;      // unix:///var/run/docker.sock
  std::string log;         // a file for the build's output; empty: none
  std::string version;     // of this program
  // Asked at least once a second while it builds, from any thread; true ends it. May be null.
  std::function<bool()> cancelled;
};

// The program's exit codes.
enum class RebuildEnd { kSame = 0, kDifferent = 1, kUsage = 2, kUnknown = 3 };

// Builds a published probe again, on this machine and without a coordinator, from the inputs that
// its build spec names by digest, and compares. What is found goes to `out`, line by line; why it
// cannot be said goes to `errors`. kDifferent says which differed: inputs (one cannot be had, or
// has another digest), toolchain (the builder image), the build (it fails here), or the bytes.
// kUsage: nothing to compare with, or no such asset or file. Blocks for as long as a build.
RebuildEnd Rebuild(RebuildOptions const& options, std::ostream& out, std::ostream& errors);

}  // namespace probefarm
