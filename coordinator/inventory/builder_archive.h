#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace probefarm {

// What an image archive (as `docker save` writes it) says of itself.
struct BuilderArchive {
  std::string sha256;  // of the archive
  int64_t size = 0;    // bytes
  std::string
      image_id;  // "sha256:<hex>": the digest of the image's configuration, and its id once loaded
  std::string arch;  // "amd64", "arm64"
  std::map<std::string, std::string> labels;
};

// Reads the archive once for its digest and once for the image it holds; a gigabyte takes a few
// seconds. Errors name the path and say how to make the archive.
absl::StatusOr<BuilderArchive> ReadBuilderArchive(std::string const& path);

}  // namespace probefarm
