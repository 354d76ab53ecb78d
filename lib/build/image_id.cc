#include "lib/build/image_id.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/digest/hex.h"

namespace probefarm {
namespace {

constexpr size_t kShown = 100;

}  // namespace

absl::Status CheckImageId(absl::string_view id) {
  absl::string_view digest = id;
  if (absl::ConsumePrefix(&digest, "sha256:") && IsSha256Hex(digest)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("'", absl::Utf8SafeCHexEscape(id.substr(0, kShown)),
                   "' is no image id: sha256: and 64 lower-case hexadecimal digits"));
}

}  // namespace probefarm
