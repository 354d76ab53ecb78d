#include "coordinator/store/sqlite/wal_growth.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

int64_t WalBytes(std::string const& path) {
  std::error_code error;
  auto const bytes = std::filesystem::file_size(path + "-wal", error);
  return error ? 0 : static_cast<int64_t>(bytes);
}

// The filler's pages must be committed before they are freed: those of one transaction would never
// reach the log.
absl::Status WriteFiller(Database& db, int64_t bytes) {
  absl::Status const written =
      db.RunScript(absl::StrCat("BEGIN IMMEDIATE;"
                                "CREATE TABLE wal_filler(bytes BLOB);"
                                "INSERT INTO wal_filler VALUES (zeroblob(",
                                bytes,
                                "));"
                                "COMMIT"));
  if (!written.ok() && db.InTransaction()) db.RunScript("ROLLBACK").IgnoreError();
  return written;
}

absl::Status DropFiller(Database& db) { return db.RunScript("DROP TABLE IF EXISTS wal_filler"); }

}  // namespace

// The checkpoint is for a log of an earlier run too: it lets the next commit start at its
// beginning.
absl::Status GrowWal(Database& db, int64_t bytes) {
  RETURN_IF_ERROR(DropFiller(db));  // of a process that was killed here
  if (WalBytes(db.path()) < bytes) {
    RETURN_IF_ERROR(WriteFiller(db, bytes));
    RETURN_IF_ERROR(DropFiller(db));
  }
  return db.Checkpoint();
}

}  // namespace probefarm
