#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace probefarm {

// A name for a new session of `worker`: 128 random bits, not to be guessed, and a digest of them
// and the worker's id, all in hexadecimal. So whose session it is can be checked without asking who
// keeps it, also after a restart; nobody can make one for another worker that the store knows.
// Thread-safe. Ends the process when the system gives no random bytes: a session that can be
// guessed could be taken over.
std::string NewSessionToken(absl::string_view worker);

// Whether NewSessionToken() made `session` for `worker`, provided that it is a session at all,
// which only the store knows. Pure.
bool IsSessionOf(absl::string_view session, absl::string_view worker);

}  // namespace probefarm
