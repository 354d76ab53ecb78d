#pragma once

#include <grpcpp/security/auth_context.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// The names that the caller's verified certificate gives it: the subject's CN, then the DNS and the
// URI names of its alternative names. Empty without a certificate, and in plain text. What is in
// `context` was verified by gRPC (lib/rpc/tls_server_credentials.h), or is not there.
std::vector<std::string> PeerNames(grpc::AuthContext const& context);

// Whether somebody with these names may open sessions of `worker`: one of them is its id, byte for
// byte. UNAUTHENTICATED without names; PERMISSION_DENIED tells the worker's id and the names. Pure.
absl::Status CheckWorkerId(std::vector<std::string> const& names, absl::string_view worker);

// Whether somebody with these names may use `session`: it was opened for a worker whose id is one
// of them. Statuses as above, but that a session does not tell its worker's id. Pure.
absl::Status CheckSession(std::vector<std::string> const& names, absl::string_view session);

}  // namespace probefarm
