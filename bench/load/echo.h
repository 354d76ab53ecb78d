#pragma once

#include <string>

#include "absl/time/time.h"

namespace probefarm {

// What gRPC alone can do on this machine: a server that sends back what it is sent. Serves until
// SIGTERM.
void ServeEcho(std::string const& address);

// Calls a second of so many callers, each with 512 bytes and one call at a time.
double MeasureEcho(std::string const& address, int in_flight, absl::Duration time);

}  // namespace probefarm
