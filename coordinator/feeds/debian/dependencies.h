#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm::debian {

// How the version of a package must compare with the one that a dependency names. In a Depends
// field: none, `<<`, `<=`, `=`, `>=`, `>>`.
enum class VersionRelation { kAny, kEarlier, kAtMost, kEqual, kAtLeast, kLater };

// `linux-kbuild-6.1 (>= 6.1.170-3)`
struct Dependency {
  std::string package;
  VersionRelation relation = VersionRelation::kAny;
  std::string version;  // empty with kAny
  friend bool operator==(Dependency const&, Dependency const&) = default;
};

// One of them is enough: `linux-image-a | linux-image-b`. Never empty.
using Alternatives = std::vector<Dependency>;

// Reads a Depends field of a binary package (Debian Policy 7.1). An architecture qualifier
// (`python3:any`) is dropped, the obsolete `<` and `>` mean `<=` and `>=`. An empty field has no
// dependencies. INVALID_ARGUMENT quotes the clause that cannot be read. Every clause must be met.
absl::StatusOr<std::vector<Alternatives>> ParseDependencies(absl::string_view depends);

// Whether a package of the dependency's name in this version is enough. By CompareVersions(). The
// name is not looked at.
bool Satisfies(Dependency const& dependency, absl::string_view version);

// As it stands in a Depends field.
std::string ToString(Dependency const& dependency);
std::string ToString(Alternatives const& alternatives);

}  // namespace probefarm::debian
