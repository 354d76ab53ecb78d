#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// The leading "<major>.<minor>" of a kernel's release; a missing minor is 0. {6, 1} of
// "6.1.0-56-cloud-amd64". Ordered by major, then minor.
struct KernelSeries {
  int major = 0;
  int minor = 0;
  friend auto operator<=>(KernelSeries const&, KernelSeries const&) = default;
};

// Kernels from `first` on, up to the next rule, are compiled with this major version of gcc.
struct CompilerRule {
  KernelSeries first;
  int gcc = 0;
  friend bool operator==(CompilerRule const&, CompilerRule const&) = default;
};

// Falco's own choice (driverkit): 4.x by 8, 5.0 by 11, 5.15 by 12, 6.5 by 13, 6.9 by 14.
std::vector<CompilerRule> DefaultCompilers();

// The gcc for a kernel: what the table says, or else the nearest lower one of `available`. A kernel
// that was configured for a newer gcc may ask for options which that one lacks; the build says so.
// INVALID_ARGUMENT for a release that does not start with a number; FAILED_PRECONDITION when the
// table begins later or all of `available` are newer. The order of both lists is of no matter.
// Pure.
absl::StatusOr<int> ChooseGcc(std::vector<CompilerRule> const& table,
                              absl::string_view kernel_release, std::vector<int> const& available);

}  // namespace probefarm
