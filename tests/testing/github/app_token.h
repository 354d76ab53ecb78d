#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/testing/github/fake_release.h"

namespace probefarm::fake_github {

// The `iss` of a JWT, unchecked; empty when it is no JWT.
std::string IssuerOf(absl::string_view jwt);

// Whether GitHub would take the JWT for the app: RS256 and signed by its key, `iat` not in the
// future, `exp` not over and at most ten minutes after `now`. UNAUTHENTICATED says what is wrong,
// in GitHub's words.
absl::Status CheckAppJwt(absl::string_view jwt, FakeApp const& app, absl::Time now);

}  // namespace probefarm::fake_github
