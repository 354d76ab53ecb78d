#include "lib/index/side_file_names.h"

#include <algorithm>
#include <array>

#include "absl/strings/strip.h"

namespace probefarm {

bool IsSideFileName(absl::string_view name) {
  static constexpr std::array<char const*, 4> kNames = {kSha256SumsName, kSha256SumsSignatureName,
                                                        kIndexName, kProvenanceName};
  absl::string_view const plain = absl::StripSuffix(name, kNextSuffix);
  return std::any_of(kNames.begin(), kNames.end(), [&](char const* side) { return plain == side; });
}

}  // namespace probefarm
