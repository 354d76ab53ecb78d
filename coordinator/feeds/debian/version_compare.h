#pragma once

#include "absl/strings/string_view.h"

namespace probefarm::debian {

// Debian's order of package versions, `[epoch:]upstream[-revision]` (Debian Policy 5.6.12): below
// 0, 0 or above 0 as `a` is older than, the same as, or newer than `b`. `~` is older than the end
// of the text: 6.1.76-1~bpo11+1 < 6.1.76-1. Total over any text, well-formed or not. A missing
// epoch or revision is 0. Numbers may have any length. Pure.
int CompareVersions(absl::string_view a, absl::string_view b);

}  // namespace probefarm::debian
