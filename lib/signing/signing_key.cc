#include "lib/signing/signing_key.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <memory>
#include <utility>

#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using Bio = std::unique_ptr<BIO, OpenSslFree<BIO_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, OpenSslFree<EVP_MD_CTX_free>>;

}  // namespace

SigningKey::SigningKey(PrivateKey key, PublicKey public_key)
    : key_(std::move(key)), public_key_(std::move(public_key)) {}

absl::StatusOr<SigningKey> SigningKey::Of(PrivateKey key) {
  ASSIGN_OR_RETURN(PublicKey public_key, PublicKey::FromOpenSsl(key.get()));
  return SigningKey(std::move(key), std::move(public_key));
}

absl::StatusOr<SigningKey> SigningKey::Generate() {
  PrivateKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  ERR_clear_error();
  if (key == nullptr) return absl::InternalError("OpenSSL cannot make an Ed25519 key");
  return Of(std::move(key));
}

absl::StatusOr<SigningKey> SigningKey::FromPem(absl::string_view pem) {
  ASSIGN_OR_RETURN(PrivateKey key, ParsePrivateKey(pem));
  return Of(std::move(key));
}

std::string SigningKey::ToPem() const {
  // What it held is overwritten when it is freed.
  Bio const text(BIO_new(BIO_s_secmem()));
  PEM_write_bio_PKCS8PrivateKey(text.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* start = nullptr;
  long const size = BIO_get_mem_data(text.get(), &start);
  return {start, static_cast<size_t>(size)};
}

absl::StatusOr<std::string> SigningKey::Sign(absl::string_view message) const {
  std::string signature(kSignatureBytes, '\0');
  size_t size = signature.size();
  DigestContext const context(EVP_MD_CTX_new());
  bool const made =
      context != nullptr &&
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<unsigned char const*>(message.data()), message.size()) == 1;
  ERR_clear_error();
  if (!made || size != kSignatureBytes) return absl::InternalError("OpenSSL cannot sign");
  return signature;
}

}  // namespace probefarm
