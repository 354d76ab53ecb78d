#include "coordinator/releases/github/credentials/test_app_key.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <stdexcept>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace probefarm {
namespace {

using Bio = std::unique_ptr<BIO, OpenSslFree<BIO_free>>;

std::string Written(BIO* bio, int written) {
  if (written != 1) throw std::runtime_error("OpenSSL does not write a key");
  char* start = nullptr;
  long const size = BIO_get_mem_data(bio, &start);
  return {start, static_cast<size_t>(size)};
}

bool Decode(absl::string_view part, std::string& bytes) {
  return !absl::StrContains(part, "=") && absl::WebSafeBase64Unescape(part, &bytes);
}

}  // namespace

PrivateKey MakeRsaKey(int bits) {
  PrivateKey key(EVP_RSA_gen(static_cast<unsigned>(bits)));
  if (key == nullptr) throw std::runtime_error("OpenSSL does not make an RSA key");
  return key;
}

std::string ToPkcs1(EVP_PKEY* key) {
  Bio const bio(BIO_new(BIO_s_mem()));
  return Written(bio.get(), PEM_write_bio_PrivateKey_traditional(bio.get(), key, nullptr, nullptr,
                                                                 0, nullptr, nullptr));
}

std::string ToPkcs8(EVP_PKEY* key) {
  Bio const bio(BIO_new(BIO_s_mem()));
  return Written(bio.get(), PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0,
                                                          nullptr, nullptr));
}

std::string VerifiedPayload(absl::string_view jwt, EVP_PKEY* key) {
  std::vector<absl::string_view> const parts = absl::StrSplit(jwt, '.');
  std::string header;
  std::string payload;
  std::string signature;
  if (parts.size() != 3 || !Decode(parts[0], header) || !Decode(parts[1], payload) ||
      !Decode(parts[2], signature) || header != R"({"alg":"RS256","typ":"JWT"})")
    return "";
  std::string const text = absl::StrCat(parts[0], ".", parts[1]);
  std::unique_ptr<EVP_MD_CTX, OpenSslFree<EVP_MD_CTX_free>> const context(EVP_MD_CTX_new());
  EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key);
  int const valid = EVP_DigestVerify(
      context.get(), reinterpret_cast<unsigned char const*>(signature.data()), signature.size(),
      reinterpret_cast<unsigned char const*>(text.data()), text.size());
  return valid == 1 ? payload : "";
}

}  // namespace probefarm
