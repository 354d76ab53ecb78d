#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/driver/probe.h"
#include "lib/signing/dsse_envelope.h"
#include "lib/signing/signing_key.h"

namespace probefarm {

// What a release held and does not hold any more, because somebody took it back. It stays in the
// release's index.json for ever, also when another build has taken the name since.
struct Tombstone {
  ProbeId probe;
  std::string tag;          // of the release: names hold neither driver version nor arch
  std::string file_name;    // true name
  std::string asset_name;   // as the release host had it
  std::string sha256;       // 64 lower-case hexadecimal digits
  int64_t size = 0;         // bytes
  std::string inputs;       // InputsFingerprint() of what it was built from; empty: nobody knows
  std::string reason;       // see CheckWithdrawalReason()
  absl::Time published_at;  // whole seconds, both
  absl::Time withdrawn_at;
  friend bool operator==(Tombstone const&, Tombstone const&) = default;
};

// One, and the statement that vouches for it: a DSSE envelope (DSSE 1.0) around an in-toto
// Statement v1 whose subject is the asset and whose predicate holds all fields. So it stays good
// outside of its index, too.
struct SignedTombstone {
  Tombstone tombstone;
  DsseEnvelope statement;
  friend bool operator==(SignedTombstone const&, SignedTombstone const&) = default;
};

inline constexpr size_t kMaxWithdrawalReason = 500;

// OK for one line of text for people: 1 to 500 bytes of UTF-8, not only spaces, without control
// characters and those that turn the direction of text. It is shown in terminals and web answers.
// Else INVALID_ARGUMENT. Pure, like all below.
absl::Status CheckWithdrawalReason(absl::string_view reason);

// "withdrawn on 2026-11-23T06:15:57Z: does not load", for people.
std::string WithdrawnText(absl::Time withdrawn_at, absl::string_view reason);

// Signed with `key`; without a signature when that is null. The same tombstone and key give the
// same statement.
absl::StatusOr<SignedTombstone> SignTombstone(Tombstone tombstone, SigningKey const* key);

// The entry of an index, JSON on one line.
std::string RenderTombstone(SignedTombstone const& entry);
// INVALID_ARGUMENT says what is missing, not what it must be, or said otherwise by the statement.
// Nobody's signature is looked at: VerifyDsse(statement) is for whoever believes it. At most 4 MB;
// nothing that the text holds makes it throw.
absl::StatusOr<SignedTombstone> ParseTombstone(absl::string_view text);

}  // namespace probefarm
