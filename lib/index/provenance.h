#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/signing/dsse_envelope.h"
#include "lib/signing/signing_key.h"

namespace probefarm {

// How one asset came to be.
struct Provenance {
  std::string asset_name;
  std::string sha256;  // 64 lower-case hexadecimal digits
  std::string spec;    // the build spec's canonical JSON, byte for byte
  int64_t job = 0;
  int64_t epoch = 0;
  std::string worker;
  absl::Time published_at;  // whole seconds
  friend bool operator==(Provenance const&, Provenance const&) = default;
};

// One line of a release's provenance.jsonl, with its newline: a DSSE envelope (DSSE 1.0) around an
// in-toto Statement v1 whose predicate is SLSA Provenance v1. The build spec stands in
// `externalParameters.spec`, its inputs in `resolvedDependencies`. Signed with `key`; without a
// signature when that is null. Fails with the error of ParseBuildSpec() when the spec is none.
// Pure.
absl::StatusOr<std::string> RenderProvenance(Provenance const& provenance,
                                             SigningKey const* key = nullptr);

// Reads such a line, of 4 MB at most, signed or not: signatures are not looked at. INVALID_ARGUMENT
// says what is wrong. Pure; nothing that the line holds makes it throw.
absl::StatusOr<Provenance> ParseProvenance(absl::string_view line);

// The same of an envelope that was taken out of its line, for whoever verifies it (VerifyDsse())
// before believing what it says.
absl::StatusOr<Provenance> ProvenanceIn(DsseEnvelope const& envelope);

}  // namespace probefarm
