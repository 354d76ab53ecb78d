#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/runtime/secret.h"

namespace probefarm {

// What the release host knows us by.
struct AccessToken {
  Secret secret;
  // By this machine's clock; a personal token's end is not known here.
  absl::Time expires_at = absl::InfiniteFuture();
};

// Where tokens come from: a variable, a file, GitHub itself. Thread-safe. Errors name the operation
// and what to do, and hold nothing of any secret. Ask before every request: a token is not kept.
class TokenSource {
 public:
  virtual ~TokenSource() = default;

  // A token that can be used now. Blocks for the disk or the network: never in a reactor.
  virtual absl::StatusOr<AccessToken> Token() = 0;

  // The host answered 401 to this token. It is not handed out again, where another can be had.
  virtual void Reject(Secret const& token) { static_cast<void>(token); }
};

}  // namespace probefarm
