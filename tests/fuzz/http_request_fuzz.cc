#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "coordinator/releases/directory/release_path.h"
#include "coordinator/web/byte_range.h"
#include "coordinator/web/url_path.h"
#include "lib/driver/asset_name.h"

namespace {

using namespace probefarm;  // NOLINT(google-build-using-namespace)

// What decodes can be encoded and decoded again, and no release path leads out of its folder.
void CheckPath(absl::string_view text) {
  absl::StatusOr<std::string> const path = DecodeUrlPath(text);
  if (!path.ok()) return;
  if (DecodeUrlPath(EncodeUrlPath(*path)).value() != *path) std::abort();
  absl::StatusOr<ReleasePath> const release = SplitReleasePath(path->substr(1));
  if (!release.ok()) return;
  std::string const below = "/" + release->tag + "/" + release->file + "/";
  if (absl::StrContains(below, "//") || absl::StrContains(below, "/../")) std::abort();
}

// A range lies within the file.
void CheckRange(absl::string_view text, int64_t size) {
  RangeAnswer const answer = ParseByteRange(text, size);
  auto const* range = std::get_if<ByteRange>(&answer);
  if (range == nullptr) return;
  if (range->offset < 0 || range->length <= 0 || range->offset > size - range->length) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  absl::string_view const text(reinterpret_cast<char const*>(data), size);
  CheckPath(text);
  for (int64_t const file_size : {int64_t{0}, int64_t{1}, int64_t{1000}, INT64_MAX})
    CheckRange(text, file_size);
  return 0;
}
