#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "coordinator/recipe/builder_image.h"
#include "coordinator/recipe/compiler_table.h"
#include "lib/driver/probe.h"

namespace probefarm {

// A compiler and the image that has it.
struct CompilerChoice {
  BuilderImage const* builder = nullptr;  // one of those given
  int gcc = 0;                            // one of its `gcc`
};

// The image and its gcc for a kernel: of the images for `arch` the one with the gcc that the table
// names, or else with the nearest lower one; where several serve as well, the first. Pure.
// FAILED_PRECONDITION: no image is for `arch`, or else as ChooseGcc(), for all of them together.
absl::StatusOr<CompilerChoice> ChooseCompiler(std::vector<CompilerRule> const& table,
                                              absl::string_view kernel_release, Arch arch,
                                              absl::Span<BuilderImage const> builders);

}  // namespace probefarm
