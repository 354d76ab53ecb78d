#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/releases/github/credentials/token_source.h"
#include "lib/http/http_client.h"

namespace probefarm {

// A GitHub App, where it is installed, and what its tokens are to be good for.
struct AppInstallation {
  std::string api_url;  // "https://api.github.com", without a slash at its end
  int64_t app = 0;
  int64_t installation = 0;
  // "owner/name"; all of one owner, since an installation is one owner's.
  std::vector<std::string> repositories;
};

// The request for an installation token that may write the contents of the repositories, and
// nothing else. Its headers hold the JWT: it goes into no log. Pure.
HttpRequest MakeTokenRequest(AppInstallation const& installation, Secret const& jwt);

// The token in the answer, which is wiped. Its end is an hour from `now` at most, whatever the
// answer says. Errors name the App and what to do: UNAUTHENTICATED (401: the clock or the key),
// NOT_FOUND (404: the installation's id), PERMISSION_DENIED (403, 422: what the installation may),
// UNAVAILABLE (5xx, 429, or an answer that is no token). They quote what GitHub says, unless it
// holds a part of the JWT, and nothing of a 2xx answer. Pure.
absl::StatusOr<AccessToken> ReadTokenAnswer(AppInstallation const& installation,
                                            HttpResponse& response, Secret const& jwt,
                                            absl::Time now);

}  // namespace probefarm
