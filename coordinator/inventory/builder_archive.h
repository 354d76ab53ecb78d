#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace probefarm {

// What an image archive (as `docker save` writes it) says of itself. Nothing in it is trusted yet:
// DescribeBuilderImage() judges the labels.
struct BuilderArchive {
  // Workers fetch and verify the archive by it.
  std::string sha256;  // of the archive
  int64_t size = 0;    // bytes
  std::string
      image_id;  // "sha256:<hex>": the digest of the image's configuration, and its id once loaded
  std::string arch;  // "amd64", "arm64"
  std::map<std::string, std::string> labels;
};

// Reads the archive once for its digest and once for the image it holds; a gigabyte takes a few
// seconds. Errors name the path and say how to make the archive. INVALID_ARGUMENT when it cannot be
// opened, or its manifest.json does not name exactly one image; the status of the file for an error
// while it is hashed. Labels and `arch` are left empty when the configuration does not have them.
absl::StatusOr<BuilderArchive> ReadBuilderArchive(std::string const& path);

}  // namespace probefarm
