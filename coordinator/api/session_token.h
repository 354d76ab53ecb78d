#pragma once

#include <string>

namespace probefarm {

// A name for a new session: 128 random bits in hexadecimal, not to be guessed. Thread-safe. Ends
// the process when the system gives no random bytes: a session that can be guessed could be taken
// over.
std::string NewSessionToken();

}  // namespace probefarm
