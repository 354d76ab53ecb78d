#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// How the loaders that ask for a driver version make its URL. The driver version implies the
// generation, so a probe has one name. A: Falco up to 0.32, `<version>/<file>`. B: 0.33, C: 0.34,
// D: 0.35-0.36 (bash loaders), E: 0.37 on (falcoctl); these ask `<version>/<arch>/<file>`.
enum class LoaderGeneration { kA, kB, kC, kD, kE };

// `<n>.<n>.<n>+driver` up to 2 is A, 3 is B, 4 is C, 5 and 6 are D, 7 and later E. Commit hashes
// and all versions that no Falco release names are A. Pure; takes any text.
//
//   "b7eb0dd65226a8dc254d228c8d950d07bf3521d2", "2.0.0+driver"  A
//   "6.0.1+driver"                                              D (Falco 0.36)
//   "8.0.0+driver"                                              E (Falco 0.40)
LoaderGeneration GenerationOf(absl::string_view driver_version);

// Refuses what cannot be a path component of a URL and a tag: empty, over 100 characters, or
// outside [A-Za-z0-9._+~-]. INVALID_ARGUMENT with the version and the rule. Pure.
absl::Status CheckDriverVersion(absl::string_view driver_version);

}  // namespace probefarm
