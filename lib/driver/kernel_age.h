#pragma once

#include "absl/strings/string_view.h"

namespace probefarm {

// Orders kernel releases as people read them, for lists: digits count as numbers ("6.9" before
// "6.10"), all else by its bytes. It knows nothing of a distribution's own rules. Two that differ
// in writing alone ("6.01", "6.1") differ. A strict order. Pure.
bool IsOlderKernel(absl::string_view a, absl::string_view b);

struct OlderKernelFirst {
  bool operator()(absl::string_view a, absl::string_view b) const { return IsOlderKernel(a, b); }
};

}  // namespace probefarm
