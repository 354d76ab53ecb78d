#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "coordinator/feeds/debian/release_file.h"

extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  auto const release =
      probefarm::debian::ParseReleaseFile({reinterpret_cast<char const*>(data), size});
  if (!release.ok()) return 0;
  if (release->indexes.empty()) std::abort();
  CheckStillValid(*release, release->date).IgnoreError();
  return 0;
}
