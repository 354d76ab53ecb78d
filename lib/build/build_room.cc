#include "lib/build/build_room.h"

namespace probefarm {
namespace {

// Kernel headers in a .deb or .rpm, source in a .tar.gz: mostly text, packed to a sixth or less.
constexpr int64_t kUnpacked = 8;

int64_t RoomFor(std::vector<ArchiveInput> const& archives) {
  int64_t bytes = 0;
  for (ArchiveInput const& archive : archives) bytes += archive.file.size * (1 + kUnpacked);
  return bytes;
}

}  // namespace

int64_t RoomFor(BuildSpec const& spec) {
  // As `docker save` writes it, an image is not packed.
  int64_t const image = 2 * spec.image.archive.size;
  return image + RoomFor(spec.headers) + RoomFor(spec.source) + 2 * spec.limits.output_bytes;
}

}  // namespace probefarm
