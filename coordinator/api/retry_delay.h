#pragma once

#include <grpcpp/server_context.h>

#include "absl/time/time.h"

namespace probefarm {

// Tells a caller that is refused for want of room when it may ask again, as gRPC's own retries
// understand it: the trailer `grpc-retry-pushback-ms`, at least 1. Before the call is finished.
void AskToComeBack(grpc::CallbackServerContext& context, absl::Duration delay);

}  // namespace probefarm
