#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// Ed25519 (RFC 8032): a signature is 64 bytes as they are, over the message itself and no digest of
// it. What `openssl pkeyutl -verify -rawin` takes for such a key.
inline constexpr size_t kSignatureBytes = 64;

// Who is believed. A cheap copy of one key; thread-safe.
class PublicKey {
 public:
  // The first public key of a PEM text (SubjectPublicKeyInfo, RFC 8410). INVALID_ARGUMENT says what
  // is there instead: nothing, a private key, a key of another kind.
  static absl::StatusOr<PublicKey> FromPem(absl::string_view pem);
  // Of an Ed25519 key of OpenSSL's, of which it keeps a reference.
  static absl::StatusOr<PublicKey> FromOpenSsl(EVP_PKEY* key);

  // The first 16 hexadecimal digits of the SHA-256 of the key's DER form (SubjectPublicKeyInfo).
  // For people and for messages: it says which key, and proves nothing.
  //   openssl pkey -pubin -in KEY -outform DER | sha256sum | cut -c1-16
  std::string const& id() const { return id_; }
  std::string ToPem() const;

  // Whether `signature` is this key's over `message`. False for what is no signature at all.
  bool Verifies(absl::string_view message, absl::string_view signature) const;

 private:
  PublicKey(std::shared_ptr<EVP_PKEY> key, std::string id);

  std::shared_ptr<EVP_PKEY> key_;
  std::string id_;
};

}  // namespace probefarm
