#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "lib/tls/tls_credentials.h"

namespace probefarm {

// A plain-text channel with keepalive pings, so that a coordinator that vanished without a word is
// noticed within half a minute. Connects lazily and reconnects for ever, at most ten seconds apart.
// `address` is "host:port", or another name that gRPC resolves ("unix:/run/probefarm.sock"); a
// wrong one shows at the first call, as UNAVAILABLE. Answers may have up to 8 MB. Thread-safe.
std::shared_ptr<grpc::Channel> MakeChannel(std::string const& address);

// The same over TLS 1.2 or later. The server's certificate must be signed by `tls.pem.ca` and name
// the host of `address`; this end shows its own if there is one. A server of which that is not true
// is UNAVAILABLE. What is there stays for the channel's life: for other credentials make another.
std::shared_ptr<grpc::Channel> MakeTlsChannel(std::string const& address,
                                              TlsCredentials const& tls);

// What the server must allow for the pings of MakeChannel(): a server answers pings more frequent
// than its minimum with GOAWAY "too_many_pings". Also bounds requests to 8 MB, has the server ping
// its clients in turn, and refuses to share its port with another server, which would get half of
// the calls, and gives a client twenty seconds to be through with TLS. Before BuildAndStart().
void ConfigureServer(grpc::ServerBuilder& builder);

// Gives up `timeout` (finite) from now, with DEADLINE_EXCEEDED. Before the call. A call without it
// waits for ever.
void SetDeadline(grpc::ClientContext& context, absl::Duration timeout);

}  // namespace probefarm
