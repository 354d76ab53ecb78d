#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace probefarm::fake_github {

// The name that an asset gets: every run of characters outside [A-Za-z0-9._+@-] becomes one dot,
// and dots at both ends go. Pure; a name that went through comes out as it is.
//
//   "a~b.ko"     "a.b.ko"
//   " a  b.ko "  "a.b.ko"
//   ".a.ko."     "a.ko"
std::string RewriteAssetName(absl::string_view name);

}  // namespace probefarm::fake_github
