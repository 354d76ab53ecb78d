#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/signing/public_key.h"
#include "lib/tls/pem.h"

namespace probefarm {

// Who signs: an Ed25519 private key. Movable; what was moved from is only to be destroyed. Signing
// is thread-safe.
class SigningKey {
 public:
  // Of OpenSSL's random numbers.
  static absl::StatusOr<SigningKey> Generate();
  // The first private key of a PEM text (PKCS#8, RFC 8410), without a passphrase. INVALID_ARGUMENT
  // when there is none, or it is of another kind; messages hold nothing of the text.
  static absl::StatusOr<SigningKey> FromPem(absl::string_view pem);

  // PKCS#8. A secret: in no log, no message.
  std::string ToPem() const;
  PublicKey const& public_key() const { return public_key_; }

  // kSignatureBytes. The same key and message give the same signature, so that a file that is
  // written again stays as it is.
  absl::StatusOr<std::string> Sign(absl::string_view message) const;

 private:
  SigningKey(PrivateKey key, PublicKey public_key);
  static absl::StatusOr<SigningKey> Of(PrivateKey key);

  PrivateKey key_;
  PublicKey public_key_;
};

}  // namespace probefarm
