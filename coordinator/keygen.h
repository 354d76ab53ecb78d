#pragma once

namespace probefarm {

// `probefarm-coordinator keygen --out FILE`: makes a key pair for `signing.key_file`, and says what
// to do with it. Answers the exit code: 0 done, 1 the files could not be written (nothing that was
// there is touched), 2 wrong usage. `argv[0]` is the verb.
int KeygenCommand(int argc, char** argv);

}  // namespace probefarm
