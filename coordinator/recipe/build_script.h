#pragma once

#include "absl/strings/string_view.h"

namespace probefarm {

// The text of build_driver.sh, put into the program when it is built.
absl::string_view BuildScript();

}  // namespace probefarm
