#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/build/build_spec.h"
#include "lib/driver/probe.h"

namespace probefarm {

// The image that compiles, and what the recipe must know of it.
struct BuilderImage {
  ImageInput image;
  std::vector<int> gcc;  // major versions, each there as `gcc-<version>`; ascending
  // Of the machine that it runs on; it builds for kernels of the same.
  Arch arch = Arch::kX86_64;
  friend bool operator==(BuilderImage const&, BuilderImage const&) = default;
};

// From what the image's configuration says, in labels that deploy/builder sets:
// `io.probefarm.toolchain`, the fingerprint as it is, and `io.probefarm.gcc`, "11 12". `arch` is
// the configuration's "amd64" or "arm64". FAILED_PRECONDITION names the label that is missing or
// cannot be read: such an image was not made by scripts/builder-image. Pure.
absl::StatusOr<BuilderImage> DescribeBuilderImage(Input archive, std::string id,
                                                  std::string const& arch,
                                                  std::map<std::string, std::string> const& labels);

}  // namespace probefarm
