#pragma once

#include <string>

namespace probefarm {

// `probefarm-worker rebuild …`: parses, runs Rebuild() and answers the exit code. `argv[0]` is the
// verb. `version` is the program's.
int RebuildCommand(int argc, char** argv, std::string const& version);

}  // namespace probefarm
