#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "coordinator/store/sqlite/database.h"
#include "coordinator/store/sqlite/migrations.h"

namespace probefarm {

// Makes the schema in an empty file, or brings an older one up to this program's version, in one
// transaction each step. FAILED_PRECONDITION, with what to do, for a file that is not a probefarm
// database or that a newer program has written. The file knows its owner by application_id and its
// version by user_version. A step that fails leaves the file at the version before it.
// `version` is for tests of older files: the one to stop at.
absl::Status MigrateSchema(Database& db, int64_t version = kSchemaVersion);

}  // namespace probefarm
