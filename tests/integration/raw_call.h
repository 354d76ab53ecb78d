#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace probefarm {

// Calls a gRPC method by its name, with bytes for messages: as a tool does that was not built with
// this project's protocol. One message each way. `address` is HOST:PORT, `method`
// "/probefarm.v1.JobService/List". Blocks for ten seconds at most, then DEADLINE_EXCEEDED; the
// server's own status otherwise.
absl::StatusOr<std::string> RawCall(std::string const& address, std::string const& method,
                                    std::string const& request);

}  // namespace probefarm
