#include "coordinator/releases/github/credentials/app_jwt.h"

#include <openssl/err.h>

#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "coordinator/releases/github/credentials/secret_file.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kMaxKeyFileBytes = size_t{64} << 10;
constexpr int kLeastBits = 2048;
constexpr absl::Duration kClocksDiffer = absl::Seconds(60);
constexpr absl::Duration kLifetime = absl::Minutes(9);
constexpr char kHeader[] = R"({"alg":"RS256","typ":"JWT"})";

using DigestContext = std::unique_ptr<EVP_MD_CTX, OpenSslFree<EVP_MD_CTX_free>>;

absl::StatusOr<std::string> Sign(EVP_PKEY* key, std::string const& text) {
  auto const* const bytes = reinterpret_cast<unsigned char const*>(text.data());
  DigestContext const context(EVP_MD_CTX_new());
  std::string signature(static_cast<size_t>(EVP_PKEY_get_size(key)), '\0');
  size_t size = signature.size();
  bool const is_signed =
      context != nullptr &&
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes, text.size()) == 1;
  ERR_clear_error();
  if (!is_signed) return absl::InternalError("OpenSSL cannot sign with the App's key");
  signature.resize(size);
  return signature;
}

}  // namespace

absl::StatusOr<PrivateKey> ReadAppKey(std::string const& path) {
  ASSIGN_OR_RETURN(Secret const pem, ReadSecretFile(path, kMaxKeyFileBytes));
  absl::StatusOr<PrivateKey> key = ParsePrivateKey(pem.Reveal());
  if (!key.ok()) return Annotate(key.status(), path);
  if (EVP_PKEY_is_a(key->get(), "RSA") == 1 && EVP_PKEY_get_bits(key->get()) >= kLeastBits)
    return key;
  return absl::InvalidArgumentError(
      absl::StrCat(path, " holds no RSA key of at least ", kLeastBits,
                   " bits: use the private key that GitHub made for the App"));
}

absl::StatusOr<Secret> MakeAppJwt(EVP_PKEY* key, int64_t app, absl::Time now) {
  std::string const payload =
      absl::StrCat(R"({"iat":)", absl::ToUnixSeconds(now - kClocksDiffer), R"(,"exp":)",
                   absl::ToUnixSeconds(now + kLifetime), R"(,"iss":)", app, "}");
  std::string text =
      absl::StrCat(absl::WebSafeBase64Escape(kHeader), ".", absl::WebSafeBase64Escape(payload));
  ASSIGN_OR_RETURN(std::string const signature, Sign(key, text));
  absl::StrAppend(&text, ".", absl::WebSafeBase64Escape(signature));
  return Secret(std::move(text));
}

}  // namespace probefarm
