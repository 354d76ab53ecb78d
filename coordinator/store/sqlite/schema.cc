#include "coordinator/store/sqlite/schema.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/runtime/failpoint.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int64_t kApplicationId = 0x7066726d;  // "pfrm"

absl::StatusOr<int64_t> Number(Database& db, std::string const& sql) {
  Statement query = db.Query(sql);
  int64_t const value = query.Step() ? query.Int(0) : 0;
  RETURN_IF_ERROR(query.status());
  return value;
}

absl::Status CheckIsOurs(Database& db) {
  ASSIGN_OR_RETURN(int64_t const application, Number(db, "PRAGMA application_id"));
  if (application == kApplicationId) return absl::OkStatus();
  ASSIGN_OR_RETURN(int64_t const tables, Number(db, "SELECT COUNT(*) FROM sqlite_schema"));
  if (application == 0 && tables == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      db.path(), " is not a probefarm database: name another data directory, or move it away"));
}

absl::Status Apply(Database& db, int64_t version) {
  absl::Status applied = db.RunScript(absl::StrCat(
      "BEGIN IMMEDIATE;", Migrations().at(static_cast<size_t>(version)),
      "PRAGMA application_id = ", kApplicationId, ";PRAGMA user_version = ", version + 1));
  Failpoint("store.in_migration");
  if (applied.ok()) applied = db.RunScript("COMMIT");
  Failpoint("store.after_migration");
  if (!applied.ok() && db.InTransaction()) db.RunScript("ROLLBACK").IgnoreError();
  return Annotate(applied, absl::StrCat("bring ", db.path(), " to schema ", version + 1));
}

}  // namespace

absl::Status MigrateSchema(Database& db, int64_t version) {
  RETURN_IF_ERROR(CheckIsOurs(db));
  ASSIGN_OR_RETURN(int64_t const found, Number(db, "PRAGMA user_version"));
  if (found > kSchemaVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat(db.path(), " has schema ", found, ", this coordinator knows up to ",
                     kSchemaVersion, ": start the newer coordinator that wrote it"));
  }
  RETURN_IF_ERROR(db.RunScript("PRAGMA foreign_keys = OFF"));  // not within a transaction
  for (int64_t next = found; next < version; ++next) RETURN_IF_ERROR(Apply(db, next));
  return db.RunScript("PRAGMA foreign_keys = ON");
}

}  // namespace probefarm
