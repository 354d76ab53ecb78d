#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>

#include "absl/time/time.h"

namespace probefarm {

// A plain-text channel with keepalive pings, so that a coordinator that vanished without a word is
// noticed within half a minute. Connects lazily and reconnects for ever, at most ten seconds apart.
// Thread-safe.
std::shared_ptr<grpc::Channel> MakeChannel(std::string const& address);

// What the server must allow for the pings of MakeChannel(): a server answers pings more frequent
// than its minimum with GOAWAY "too_many_pings". Also bounds message sizes.
void ConfigureServer(grpc::ServerBuilder& builder);

// Gives up `timeout` from now.
void SetDeadline(grpc::ClientContext& context, absl::Duration timeout);

}  // namespace probefarm
