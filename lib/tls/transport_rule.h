#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/tls/tls_credentials.h"

// Plain text only where nobody else can listen, or where somebody said that it may be.
namespace probefarm {

// Whether HOST:PORT names this machine's loopback interface: an address of 127.0.0.0/8, ::1 (in
// brackets) or "localhost". No name is resolved: another one may lead anywhere. Pure.
bool IsLoopback(absl::string_view address);
// The same for an address of gRPC, where "unix:…" is a socket of this machine.
bool IsLoopbackForGrpc(absl::string_view address);

// The host of HOST:PORT, brackets included; the whole where there is no port. Pure.
std::string HostOf(absl::string_view address);

// How a program reaches the coordinator, as its command line says.
struct ClientTransport {
  TlsFiles tls;           // TLS when a CA is named
  bool insecure = false;  // plain text, wherever the coordinator is
};

// INVALID_ARGUMENT, with what to do, when the options contradict one another, or `address` is not
// on this machine and they say neither how it is verified nor that plain text will do. Pure.
absl::Status CheckClientTransport(std::string const& address, ClientTransport const& transport);

// What a server is about to listen at, and how.
struct ServerTransport {
  std::string grpc;
  std::string http;
  bool tls = false;
  bool insecure = false;
};

// INVALID_ARGUMENT, naming the address and what to do, when an address that other machines can
// reach would be served in plain text unasked, or plain text was asked for beside TLS. Pure.
absl::Status CheckServerTransport(ServerTransport const& transport);

}  // namespace probefarm
