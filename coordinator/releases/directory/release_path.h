#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// An asset or a side file of a release.
//
//   SplitReleasePath("8.0.0+driver/x86_64/falco_debian_6.1.0-1-amd64_1.o")
//   {"8.0.0+driver/x86_64", "falco_debian_6.1.0-1-amd64_1.o"}
struct ReleasePath {
  std::string tag;
  std::string file;
};

// "<tag>/<file>", decoded; the last `/` divides. INVALID_ARGUMENT when either part is not one.
absl::StatusOr<ReleasePath> SplitReleasePath(absl::string_view path);

}  // namespace probefarm
