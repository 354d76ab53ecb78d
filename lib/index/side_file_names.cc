#include "lib/index/side_file_names.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "lib/driver/log_bundle_name.h"

namespace probefarm {

bool IsSideFileName(absl::string_view name) {
  static constexpr std::array<char const*, 5> kNames = {kSha256SumsName, kSha256SumsSignatureName,
                                                        kIndexName, kProvenanceName, kNotesName};
  absl::string_view const plain = absl::StripSuffix(name, kNextSuffix);
  return IsLogBundleName(name) ||
         std::any_of(kNames.begin(), kNames.end(), [&](char const* side) { return plain == side; });
}

}  // namespace probefarm
