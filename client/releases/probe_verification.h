#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/releases/provenance_search.h"
#include "client/releases/release_lookup.h"
#include "lib/build/build_spec.h"
#include "lib/driver/probe.h"
#include "lib/http/http_client.h"

namespace probefarm {

// What is to be verified, and what whoever asks believes of it.
struct ProbeQuestion {
  ReleaseQuestion release;  // with at least one key
  std::string file;         // the bytes to verify; empty: those that are published
  // Of what driver version and machine it must be; nobody said so where it is empty.
  std::string driver_version;
  std::optional<Arch> arch;
};

// A probe of which all holds: SHA256SUMS is signed and lists index.json and the probe; the bytes
// have the listed digest; the provenance is signed and about those bytes.
struct VerifiedProbe {
  Repository repository;
  std::string tag;
  std::string release_key_id;
  IndexedProbe indexed;
  std::string provenance_key_id;
  Provenance provenance;
  BuildSpec spec;  // of the provenance
};

// Verifies a probe against a public repository, without a coordinator. DATA_LOSS says what is not
// what was signed, NOT_FOUND what is not there, FAILED_PRECONDITION what was withdrawn; other
// errors are those of FindRelease(), and of reading the file. Blocks.
absl::StatusOr<VerifiedProbe> VerifyProbe(HttpClient& http, ProbeQuestion const& question);

}  // namespace probefarm
