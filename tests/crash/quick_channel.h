#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

namespace probefarm {

// In plain text. Finds a coordinator that is back within its short life: by default gRPC waits for
// a second, and most kills would meet one that nobody talks to.
std::shared_ptr<grpc::Channel> QuickChannel(std::string const& address);

}  // namespace probefarm
