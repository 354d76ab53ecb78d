#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/store/sqlite/database.h"

namespace probefarm {

// Rows of `requirement_sets`: few, for thousands of jobs need the same of a worker. A row is never
// changed, and stays. Used inside a transaction; errors are SqliteStatus()'s.

// For ReadRequirements().
inline constexpr char kRequirementColumns[] =
    "needs_arch, memory_bytes, disk_bytes, builder, labels";
// For BindRequirements().
inline constexpr char kRequirementsAre[] =
    "needs_arch = ? AND memory_bytes = ? AND disk_bytes = ? AND builder = ? AND labels = ?";

// Binds five parameters.
void BindRequirements(Statement& statement, Requirements const& requirements);
// Reads five columns from `first` on. DATA_LOSS when they hold no requirements.
absl::StatusOr<Requirements> ReadRequirements(Statement const& row, int first);

// Of the row with these requirements, which is made when there is none.
absl::StatusOr<int64_t> RequirementSetFor(Database& db, Requirements const& requirements);

}  // namespace probefarm
