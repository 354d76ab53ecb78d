#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace probefarm {

// The one conversion each way between the project's errors and gRPC's. Codes and messages carry
// over unchanged; the two lists of codes are the same by design. Payloads and gRPC's binary details
// do not. Messages reach whoever called: they hold no secret. Pure.
grpc::Status ToGrpc(absl::Status const& status);
absl::Status FromGrpc(grpc::Status const& status);

}  // namespace probefarm
