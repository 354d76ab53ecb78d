#include "coordinator/store/sqlite/sqlite_status.h"

#include <sqlite3.h>

#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

absl::StatusCode CodeOf(int primary) {
  switch (primary) {
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::StatusCode::kUnavailable;
    case SQLITE_CONSTRAINT:
      return absl::StatusCode::kAlreadyExists;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return absl::StatusCode::kPermissionDenied;
    default:
      return absl::StatusCode::kInternal;
  }
}

int Primary(int code) { return code & 0xff; }

}  // namespace

bool IsSqliteError(int code) {
  int const primary = Primary(code);
  return primary != SQLITE_OK && primary != SQLITE_ROW && primary != SQLITE_DONE;
}

absl::Status SqliteStatus(int code, sqlite3* db, absl::string_view doing) {
  if (!IsSqliteError(code)) return absl::OkStatus();
  char const* const words = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  return {CodeOf(Primary(code)), absl::StrCat(doing, ": ", words, " (SQLite ", code, ")")};
}

}  // namespace probefarm
