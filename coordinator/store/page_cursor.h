#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "coordinator/store/records.h"

namespace probefarm {

// Pages go on after the last id that they showed. Ids grow and are never given twice, so a page
// neither doubles nor skips what was there when the first one was asked for, whatever changes
// meanwhile.
std::string CursorAfter(int64_t id);

// The id that the page starts after; nullopt: from the start. INVALID_ARGUMENT for a cursor that is
// none, or a limit that is not positive.
absl::StatusOr<std::optional<int64_t>> ParsePage(PageRequest const& page);

// INVALID_ARGUMENT unless Store::ListChanges() can go by `limit`.
absl::Status CheckChangesLimit(int limit);

}  // namespace probefarm
