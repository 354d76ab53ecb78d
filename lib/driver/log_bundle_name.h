#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace probefarm {

// A bundle of build logs, which is written once and never changes: "logs-0001.tar.zst". The
// number has four digits, or more where there are more than 9,999. See
// lib/index/log_bundle.h. Pure.
std::string LogBundleName(int number);
bool IsLogBundleName(absl::string_view name);
// Its number; 0 when it is none.
int LogBundleNumber(absl::string_view name);

}  // namespace probefarm
