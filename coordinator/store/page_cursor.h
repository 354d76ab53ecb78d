#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "coordinator/store/records.h"

namespace probefarm {

// Pages go on after the last id that they showed.
std::string CursorAfter(int64_t id);

// The id that the page starts after; nullopt: from the start. INVALID_ARGUMENT for a cursor that is
// none, or a limit that is not positive.
absl::StatusOr<std::optional<int64_t>> ParsePage(PageRequest const& page);

}  // namespace probefarm
