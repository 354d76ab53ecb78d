#pragma once

#include "absl/status/status.h"

struct sqlite3;

namespace probefarm {

// Gives a connection the SQL function probefarm_matches(regex, text): whether the RE2 expression is
// found in the text. A statement compiles its expression once, not for every row. An expression
// that does not compile makes the statement fail; FilterOf() refuses it before.
absl::Status AddMatchesFunction(sqlite3* db);

}  // namespace probefarm
