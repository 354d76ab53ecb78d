// What a release says of itself, as a stranger's machine reads it: nothing throws or reads beyond
// its input, and what is read is written back the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "lib/index/provenance.h"
#include "lib/index/release_index.h"

namespace probefarm {
namespace {

void CheckIndex(absl::string_view text) {
  absl::StatusOr<ReleaseIndex> const index = ParseReleaseIndex(text);
  if (!index.ok()) return;
  std::string const once = RenderReleaseIndex(*index);
  absl::StatusOr<ReleaseIndex> const again = ParseReleaseIndex(once);
  if (!again.ok() || RenderReleaseIndex(*again) != once) std::abort();
}

void CheckProvenance(absl::string_view line) {
  absl::StatusOr<Provenance> const provenance = ParseProvenance(line);
  if (!provenance.ok()) return;
  absl::StatusOr<std::string> const once = RenderProvenance(*provenance);
  if (once.ok() && ParseProvenance(*once).value() != *provenance) std::abort();
}

}  // namespace
}  // namespace probefarm

extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  absl::string_view const text(reinterpret_cast<char const*>(data), size);
  probefarm::CheckIndex(text);
  probefarm::CheckProvenance(text);
  return 0;
}
