#pragma once

#include <cstdlib>

#include "absl/strings/numbers.h"

namespace probefarm {

// A number that the scripts for long runs give to a test by the environment: so many seeds, kills,
// cuts. `otherwise` where there is none, or no number.
inline int TestSetting(char const* variable, int otherwise) {
  char const* const text = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): never set here
  int value = 0;
  return text != nullptr && absl::SimpleAtoi(text, &value) ? value : otherwise;
}

}  // namespace probefarm
