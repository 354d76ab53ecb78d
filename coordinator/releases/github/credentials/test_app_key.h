#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "lib/tls/pem.h"

namespace probefarm {

// RSA keys for tests, made by OpenSSL. Throw std::runtime_error when it does not make them.
PrivateKey MakeRsaKey(int bits = 2048);
// As GitHub writes it ("BEGIN RSA PRIVATE KEY"), and as others do ("BEGIN PRIVATE KEY").
std::string ToPkcs1(EVP_PKEY* key);
std::string ToPkcs8(EVP_PKEY* key);

// The payload of a JWT, when its signature is the key's by RS256; else empty. Takes base64url
// without padding and nothing else.
std::string VerifiedPayload(absl::string_view jwt, EVP_PKEY* key);

}  // namespace probefarm
