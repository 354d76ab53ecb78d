#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "lib/tls/tls_watch.h"

namespace probefarm {

// Whether a server asks its clients for a certificate. One that is given is verified against the
// `ca` of the server's TlsFiles, and the connection refused if that fails; a client without one is
// served, and it is for each service to look.
enum class ClientCertificates { kNotAsked, kVerifiedIfGiven };

// TLS 1.2 or later with what `watch` has at each handshake: connections that stand are left alone
// by a change. Both `watch` and what is returned must outlive the server, which does not keep it.
std::shared_ptr<grpc::ServerCredentials> MakeTlsServerCredentials(TlsWatch const& watch,
                                                                  ClientCertificates clients);

}  // namespace probefarm
