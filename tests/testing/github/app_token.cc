#include "tests/testing/github/app_token.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace probefarm::fake_github {
namespace {

using Json = nlohmann::json;

constexpr absl::Duration kMaxLife = absl::Minutes(10);

absl::Status Refused(absl::string_view why) { return absl::UnauthenticatedError(why); }

Json DecodePart(absl::string_view part) {
  std::string text;
  if (!absl::WebSafeBase64Unescape(part, &text)) return nullptr;
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

std::string SignedPart(absl::string_view jwt) { return std::string(jwt.substr(0, jwt.rfind('.'))); }

bool Verify(FakeApp const& app, std::string const& text, std::string const& signature) {
  std::unique_ptr<BIO, decltype(&BIO_free)> const bio(
      BIO_new_mem_buf(app.public_key.data(), static_cast<int>(app.public_key.size())), &BIO_free);
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> const key(
      PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> const context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  if (!key || EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1)
    return false;
  return EVP_DigestVerify(context.get(), reinterpret_cast<unsigned char const*>(signature.data()),
                          signature.size(), reinterpret_cast<unsigned char const*>(text.data()),
                          text.size()) == 1;
}

absl::Status CheckTimes(Json const& claims, absl::Time now) {
  if (!claims.contains("iat") || !claims["iat"].is_number_integer() ||
      absl::FromUnixSeconds(claims["iat"].get<int64_t>()) > now)
    return Refused(
        "'Issued at' claim ('iat') must be an Integer representing the time that the "
        "assertion was issued");
  if (!claims.contains("exp") || !claims["exp"].is_number_integer() ||
      absl::FromUnixSeconds(claims["exp"].get<int64_t>()) <= now)
    return Refused(
        "'Expiration time' claim ('exp') must be a numeric value representing the "
        "future time at which the assertion expires");
  if (absl::FromUnixSeconds(claims["exp"].get<int64_t>()) > now + kMaxLife)
    return Refused("'Expiration time' claim ('exp') is too far in the future");
  return absl::OkStatus();
}

}  // namespace

std::string IssuerOf(absl::string_view jwt) {
  std::vector<absl::string_view> const parts = absl::StrSplit(jwt, '.');
  Json const claims = parts.size() == 3 ? DecodePart(parts[1]) : Json();
  if (!claims.is_object() || !claims.contains("iss")) return "";
  // Both are in use: an application's number, and its client id.
  if (claims["iss"].is_number_integer()) return absl::StrCat(claims["iss"].get<int64_t>());
  return claims["iss"].is_string() ? claims["iss"].get<std::string>() : "";
}

absl::Status CheckAppJwt(absl::string_view jwt, FakeApp const& app, absl::Time now) {
  std::vector<absl::string_view> const parts = absl::StrSplit(jwt, '.');
  if (parts.size() != 3) return Refused("A JSON web token could not be decoded");
  Json const header = DecodePart(parts[0]);
  std::string signature;
  bool const is_signed = header.is_object() && header.contains("alg") && header["alg"] == "RS256" &&
                         absl::WebSafeBase64Unescape(parts[2], &signature) &&
                         Verify(app, SignedPart(jwt), signature);
  if (!is_signed) return Refused("A JSON web token could not be decoded");
  return CheckTimes(DecodePart(parts[1]), now);
}

}  // namespace probefarm::fake_github
