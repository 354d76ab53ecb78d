#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/files/unique_fd.h"

namespace probefarm {

// A TCP socket that listens already, so that its port is known before anything answers there:
// clients wait in the backlog until a server takes it. Closed with this object unless TakeFd() took
// it.
class ListenSocket {
 public:
  // "127.0.0.1:8080", "0.0.0.0:0" (any free port), "[::]:8080" (IPv6 and IPv4), "localhost:80".
  // INVALID_ARGUMENT when it is no ADDR:PORT, FAILED_PRECONDITION when the address is in use,
  // UNAVAILABLE otherwise; each names the address. A name is resolved, which may block; the first
  // address that it has counts.
  static absl::StatusOr<ListenSocket> Bind(std::string const& address);

  // The one that was taken.
  uint16_t port() const { return port_; }
  // Non-blocking, close-on-exec.
  UniqueFd TakeFd() && { return std::move(fd_); }

 private:
  ListenSocket(UniqueFd fd, uint16_t port) : fd_(std::move(fd)), port_(port) {}

  UniqueFd fd_;
  uint16_t port_ = 0;
};

}  // namespace probefarm
