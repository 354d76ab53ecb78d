#include "lib/driver/driver_version.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace probefarm {
namespace {

constexpr size_t kMaxLength = 100;

bool Allowed(char c) {
  return absl::ascii_isalnum(c) || absl::StrContains("._+~-", absl::string_view(&c, 1));
}

// The first number of `<n>.<n>.<n>+driver`, or 0.
int MajorOf(absl::string_view driver_version) {
  if (!absl::ConsumeSuffix(&driver_version, "+driver")) return 0;
  std::vector<absl::string_view> const parts = absl::StrSplit(driver_version, '.');
  int major = 0;
  int ignored = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &major)) return 0;
  if (!absl::SimpleAtoi(parts[1], &ignored) || !absl::SimpleAtoi(parts[2], &ignored)) return 0;
  return major;
}

}  // namespace

LoaderGeneration GenerationOf(absl::string_view driver_version) {
  int const major = MajorOf(driver_version);
  if (major <= 2) return LoaderGeneration::kA;
  if (major == 3) return LoaderGeneration::kB;
  if (major == 4) return LoaderGeneration::kC;
  if (major <= 6) return LoaderGeneration::kD;
  return LoaderGeneration::kE;
}

absl::Status CheckDriverVersion(absl::string_view driver_version) {
  if (!driver_version.empty() && driver_version.size() <= kMaxLength &&
      std::all_of(driver_version.begin(), driver_version.end(), Allowed)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("driver version '",
                                                 driver_version.substr(0, kMaxLength),
                                                 "' is not 1-100 characters of [A-Za-z0-9._+~-]"));
}

}  // namespace probefarm
