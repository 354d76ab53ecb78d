#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/releases/github/credentials/credentials_config.h"
#include "coordinator/releases/github/credentials/token_source.h"
#include "lib/http/http_client.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// What the configuration names, whose variable or file is looked at here for the first time; GitHub
// is asked nothing yet. `repositories` ("owner/name") are what an App's tokens are good for.
// `http`, which follows no redirect with a secret, and `clock` outlive it. INVALID_ARGUMENT when
// `api_url` is not https:// and not on this machine: secrets do not travel in plain text.
absl::StatusOr<std::unique_ptr<TokenSource>> MakeTokenSource(
    CredentialsConfig const& config, std::string const& api_url,
    std::vector<std::string> const& repositories, HttpClient* http, Clock const* clock);

}  // namespace probefarm
