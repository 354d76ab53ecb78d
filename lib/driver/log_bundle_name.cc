#include "lib/driver/log_bundle_name.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace probefarm {

std::string LogBundleName(int number) { return absl::StrFormat("logs-%04d.tar.zst", number); }

bool IsLogBundleName(absl::string_view name) { return LogBundleNumber(name) > 0; }

int LogBundleNumber(absl::string_view name) {
  absl::string_view digits = name;
  int number = 0;
  if (!absl::ConsumePrefix(&digits, "logs-") || !absl::ConsumeSuffix(&digits, ".tar.zst") ||
      !absl::SimpleAtoi(digits, &number) || number < 1)
    return 0;
  return LogBundleName(number) == name ? number : 0;
}

}  // namespace probefarm
