#include "lib/signing/public_key.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/tls/pem.h"

namespace probefarm {
namespace {

constexpr size_t kIdDigits = 16;

using Bio = std::unique_ptr<BIO, OpenSslFree<BIO_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, OpenSslFree<EVP_MD_CTX_free>>;

// Without it OpenSSL would ask at the terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

absl::StatusOr<std::string> DerOf(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  int const size = i2d_PUBKEY(key, &der);
  if (size <= 0) {
    ERR_clear_error();
    return absl::InternalError("OpenSSL cannot write the public key");
  }
  std::string bytes(reinterpret_cast<char const*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

unsigned char const* Bytes(absl::string_view text) {
  return reinterpret_cast<unsigned char const*>(text.data());
}

}  // namespace

PublicKey::PublicKey(std::shared_ptr<EVP_PKEY> key, std::string id)
    : key_(std::move(key)), id_(std::move(id)) {}

absl::StatusOr<PublicKey> PublicKey::FromPem(absl::string_view pem) {
  Bio const reader(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  PrivateKey const key(PEM_read_bio_PUBKEY(reader.get(), nullptr, &NoPassphrase, nullptr));
  ERR_clear_error();
  if (key != nullptr) return FromOpenSsl(key.get());
  if (absl::StrContains(pem, "PRIVATE KEY"))
    return absl::InvalidArgumentError(
        "that is a private key, which nobody but the coordinator should have: the public one was "
        "written beside it, with .pub at its end");
  return absl::InvalidArgumentError("there is no PEM public key in it");
}

absl::StatusOr<PublicKey> PublicKey::FromOpenSsl(EVP_PKEY* key) {
  if (EVP_PKEY_base_id(key) != EVP_PKEY_ED25519)
    return absl::InvalidArgumentError(absl::StrCat("the key is of kind ",
                                                   OBJ_nid2sn(EVP_PKEY_base_id(key)),
                                                   ", not Ed25519: make one with "
                                                   "`probefarm-coordinator keygen`"));
  absl::StatusOr<std::string> const der = DerOf(key);
  if (!der.ok()) return der.status();
  EVP_PKEY_up_ref(key);
  return PublicKey(std::shared_ptr<EVP_PKEY>(key, &EVP_PKEY_free),
                   Sha256Hex(*der).substr(0, kIdDigits));
}

std::string PublicKey::ToPem() const {
  Bio const text(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(text.get(), key_.get());
  char* start = nullptr;
  long const size = BIO_get_mem_data(text.get(), &start);
  return {start, static_cast<size_t>(size)};
}

bool PublicKey::Verifies(absl::string_view message, absl::string_view signature) const {
  if (signature.size() != kSignatureBytes) return false;
  DigestContext const context(EVP_MD_CTX_new());
  bool const verified =
      context != nullptr &&
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
      EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message),
                       message.size()) == 1;
  ERR_clear_error();
  return verified;
}

}  // namespace probefarm
