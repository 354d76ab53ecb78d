#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "coordinator/store/log_packing.h"
#include "coordinator/store/records.h"
#include "coordinator/store/sqlite/database.h"

namespace probefarm {

// Rows of `logs`: the log of one run in chunks, as they came, without gaps. Used inside a
// transaction. See Store::AppendLog and Store::ReadLog.

// One row for each append that adds something. `packed` is PackLog(bytes).
absl::StatusOr<int64_t> AppendLog(Database& db, LeaseRef const& lease, int64_t offset,
                                  std::string const& bytes, LogPiece const& packed,
                                  int64_t max_log_bytes);
absl::StatusOr<LogChunk> ReadLog(Database& db, LogRequest const& request);

}  // namespace probefarm
