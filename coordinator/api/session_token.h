#pragma once

#include <string>

namespace probefarm {

// A name for a new session: 128 random bits in hexadecimal, not to be guessed. Thread-safe.
std::string NewSessionToken();

}  // namespace probefarm
