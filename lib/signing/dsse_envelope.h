#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/signing/public_key.h"
#include "lib/signing/signing_key.h"

// DSSE 1.0 (github.com/secure-systems-lab/dsse, protocol.md and envelope.md): a payload, its type,
// and signatures over both. All here is pure.
namespace probefarm {

// One of an envelope's signatures. Nobody vouches for `key_id`: it is a hint for whoever has
// several keys, and for messages.
struct DsseSignature {
  std::string key_id;
  std::string signature;  // bytes
  friend bool operator==(DsseSignature const&, DsseSignature const&) = default;
};

// What an envelope holds, out of its base64.
struct DsseEnvelope {
  std::string payload_type;
  std::string payload;
  std::vector<DsseSignature> signatures;
  friend bool operator==(DsseEnvelope const&, DsseEnvelope const&) = default;
};

// What is signed: the type and the payload, each with its length, so that no two are taken for one
// another ("pre-authentication encoding").
//
//   DSSEv1 29 http://example.com/HelloWorld 11 hello world
std::string DssePreAuthentication(absl::string_view payload_type, absl::string_view payload);

// The envelope with one signature of `key`, or with none when that is null.
absl::StatusOr<DsseEnvelope> SignDsse(std::string payload_type, std::string payload,
                                      SigningKey const* key);

// One line of JSON without its newline; the same envelope is always the same text.
std::string RenderDsse(DsseEnvelope const& envelope);

// Reads an envelope, signed or not, and verifies nothing. Fields that it does not know are passed
// over. INVALID_ARGUMENT says what is wrong, also for text over 4 MB or more than 16 signatures;
// nothing that the text holds makes it throw.
absl::StatusOr<DsseEnvelope> ParseDsse(absl::string_view text);

// The key of `keys` that one of the signatures is of, whatever its `key_id` says; null when there
// is none. Points into `keys`.
PublicKey const* VerifyDsse(DsseEnvelope const& envelope, std::vector<PublicKey> const& keys);

}  // namespace probefarm
