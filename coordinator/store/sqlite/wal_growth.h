#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "coordinator/store/sqlite/database.h"

namespace probefarm {

// Grows the write-ahead log's file to about `bytes` when it is shorter, and makes it ready to be
// written over from its beginning. A log that is not truncated afterwards is written over in place,
// which spares every commit the file system's allocation. Before anybody else has the file open.
// Writes and drops a table of that size once; a log that is long enough costs a checkpoint only.
// RESOURCE_EXHAUSTED when the disk has no room for it.
absl::Status GrowWal(Database& db, int64_t bytes);

}  // namespace probefarm
