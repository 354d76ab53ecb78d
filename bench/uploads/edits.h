#pragma once

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"

namespace probefarm {

// Replaces the side files of one release so many times at a fake GitHub that loses some of its
// answers, and looks after each time whether the release holds the new ones and nothing else.
// DATA_LOSS says what was wrong.
//
//   {"edits": 1000, "calls": 3100, "tries": 1020}
absl::StatusOr<nlohmann::json> EditSideFiles(int edits);

}  // namespace probefarm
