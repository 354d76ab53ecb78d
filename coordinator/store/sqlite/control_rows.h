#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/scheduling/held_back.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/database.h"
#include "coordinator/store/sqlite/write_context.h"

namespace probefarm {

// Rows of `pauses` and `drained_workers`: see the calls of the same names in store.h.
absl::StatusOr<bool> SetPaused(WriteContext& context, bool paused);
// No row: the ready queues keep it.
absl::StatusOr<bool> HoldBack(WriteContext& context, HeldBack const& held_back);
absl::StatusOr<bool> SetDrained(WriteContext& context, std::string const& worker, bool drained);
absl::StatusOr<Controls> GetControls(Database& db);

}  // namespace probefarm
