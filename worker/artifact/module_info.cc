#include "worker/artifact/module_info.h"

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace probefarm {

std::optional<std::string> ModuleInfo(absl::string_view modinfo, absl::string_view key) {
  for (absl::string_view entry : absl::StrSplit(modinfo, '\0')) {
    if (absl::ConsumePrefix(&entry, key) && absl::ConsumePrefix(&entry, "=")) {
      return std::string(entry);
    }
  }
  return std::nullopt;
}

}  // namespace probefarm
