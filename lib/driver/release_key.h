#pragma once

#include <compare>
#include <string>

#include "absl/strings/str_cat.h"

namespace probefarm {

// Which release. A release host may have several repositories, and one tag may have a release in
// each: a release holds only so many files.
struct ReleaseKey {
  std::string repository = {};  // "owner/name"; empty where the host has one place alone
  std::string tag = {};
  friend bool operator==(ReleaseKey const&, ReleaseKey const&) = default;
  friend auto operator<=>(ReleaseKey const&, ReleaseKey const&) = default;  // NOLINT: the 0 of <=>
};

// For people: "8.0.0+driver/x86_64", "8.0.0+driver/x86_64 of owner/name".
inline std::string Describe(ReleaseKey const& release) {
  if (release.repository.empty()) return release.tag;
  return absl::StrCat(release.tag, " of ", release.repository);
}

}  // namespace probefarm
