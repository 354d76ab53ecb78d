#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/runtime/secret.h"
#include "lib/tls/pem.h"

namespace probefarm {

// The private key of a GitHub App: an RSA key of at least 2,048 bits as PEM, PKCS#1 (as GitHub
// gives it) or PKCS#8, without a passphrase, in a file that is its owner's alone. Errors name the
// file and hold nothing of the key. Blocks for the disk.
absl::StatusOr<PrivateKey> ReadAppKey(std::string const& path);

// What an App proves itself with: a JWT (RFC 7519) of `iat`, `exp` and `iss`, signed with RS256. It
// begins a minute ago, since clocks differ, and ends in nine minutes: GitHub refuses more than ten.
// INTERNAL when the key cannot sign. Pure.
absl::StatusOr<Secret> MakeAppJwt(EVP_PKEY* key, int64_t app, absl::Time now);

}  // namespace probefarm
