#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

struct sqlite3;

namespace probefarm {

// The status for an (extended) result code of SQLite, with what was being done and SQLite's own
// words:
//
//   SQLITE_FULL                        RESOURCE_EXHAUSTED: the disk is full
//   SQLITE_IOERR, _CORRUPT, _NOTADB    DATA_LOSS: the file cannot be trusted any more
//   SQLITE_BUSY, _LOCKED               UNAVAILABLE: another process holds the file
//   SQLITE_CONSTRAINT                  ALREADY_EXISTS
//   SQLITE_CANTOPEN, _PERM, _READONLY  PERMISSION_DENIED
//   SQLITE_NOMEM                       RESOURCE_EXHAUSTED
//   anything else                      INTERNAL: a mistake in this program
//
// `db` may be null when there is no connection. OK for SQLITE_OK, SQLITE_ROW and SQLITE_DONE.
absl::Status SqliteStatus(int code, sqlite3* db, absl::string_view doing);

// None of these three.
bool IsSqliteError(int code);

}  // namespace probefarm
