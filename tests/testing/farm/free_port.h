#pragma once

namespace probefarm {

// A port of 127.0.0.1 where nobody listens now, below those that the kernel gives to clients: while
// a server is restarted, no connection of its own clients can take its port. Throws
// std::system_error when none is found: there is no test then.
int FreePort();

}  // namespace probefarm
