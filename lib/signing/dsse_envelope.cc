#include "lib/signing/dsse_envelope.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMaxText = size_t{4} << 20;
constexpr size_t kMaxSignatures = 16;

// Writers use either alphabet, says the specification; readers must take both.
absl::StatusOr<std::string> FromBase64(std::string const& text, absl::string_view what) {
  std::string bytes;
  if (absl::Base64Unescape(text, &bytes) || absl::WebSafeBase64Unescape(text, &bytes)) return bytes;
  return absl::InvalidArgumentError(absl::StrCat("the ", what, " is not base64"));
}

absl::StatusOr<DsseSignature> ReadSignature(Json const& json) {
  DsseSignature read;
  read.key_id = json.value("keyid", "");
  ASSIGN_OR_RETURN(read.signature, FromBase64(json.at("sig").get<std::string>(), "signature"));
  return read;
}

// nlohmann's own errors name what is missing or of another type.
absl::StatusOr<DsseEnvelope> ReadEnvelope(Json const& json) {
  DsseEnvelope read;
  read.payload_type = json.at("payloadType").get<std::string>();
  ASSIGN_OR_RETURN(read.payload, FromBase64(json.at("payload").get<std::string>(), "payload"));
  Json const& signatures = json.at("signatures");
  if (!signatures.is_array() || signatures.size() > kMaxSignatures)
    return absl::InvalidArgumentError("signatures is no list, or too long a one");
  for (Json const& signature : signatures) {
    ASSIGN_OR_RETURN(DsseSignature one, ReadSignature(signature));
    read.signatures.push_back(std::move(one));
  }
  return read;
}

PublicKey const* KeyOf(absl::string_view message, absl::string_view signature,
                       std::vector<PublicKey> const& keys) {
  for (PublicKey const& key : keys) {
    if (key.Verifies(message, signature)) return &key;
  }
  return nullptr;
}

}  // namespace

std::string DssePreAuthentication(absl::string_view payload_type, absl::string_view payload) {
  return absl::StrCat("DSSEv1 ", payload_type.size(), " ", payload_type, " ", payload.size(), " ",
                      payload);
}

absl::StatusOr<DsseEnvelope> SignDsse(std::string payload_type, std::string payload,
                                      SigningKey const* key) {
  DsseEnvelope envelope{std::move(payload_type), std::move(payload), {}};
  if (key == nullptr) return envelope;
  ASSIGN_OR_RETURN(std::string signature,
                   key->Sign(DssePreAuthentication(envelope.payload_type, envelope.payload)));
  envelope.signatures.push_back({key->public_key().id(), std::move(signature)});
  return envelope;
}

std::string RenderDsse(DsseEnvelope const& envelope) {
  Json json = {{"payloadType", envelope.payload_type},
               {"payload", absl::Base64Escape(envelope.payload)},
               {"signatures", Json::array()}};
  for (DsseSignature const& signature : envelope.signatures) {
    json["signatures"].push_back(
        {{"keyid", signature.key_id}, {"sig", absl::Base64Escape(signature.signature)}});
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::StatusOr<DsseEnvelope> ParseDsse(absl::string_view text) {
  if (text.size() > kMaxText) return absl::InvalidArgumentError("an envelope of more than 4 MB");
  Json const json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return absl::InvalidArgumentError("the line is not a JSON object");
  try {
    return ReadEnvelope(json);
  } catch (Json::exception const& error) {
    return absl::InvalidArgumentError(error.what());
  }
}

PublicKey const* VerifyDsse(DsseEnvelope const& envelope, std::vector<PublicKey> const& keys) {
  std::string const message = DssePreAuthentication(envelope.payload_type, envelope.payload);
  for (DsseSignature const& signature : envelope.signatures) {
    if (PublicKey const* const key = KeyOf(message, signature.signature, keys)) return key;
  }
  return nullptr;
}

}  // namespace probefarm
