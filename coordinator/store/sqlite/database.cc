#include "coordinator/store/sqlite/database.h"

#include <sqlite3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/store/sqlite/matches_function.h"
#include "coordinator/store/sqlite/sqlite_status.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kBusyMillis = 5000;
// Memory of a connection for what statements need for a moment.
constexpr int kLookasideBytes = 1200;
constexpr int kLookasideSlots = 400;

int FlagsOf(Database::Mode mode) {
  int const access = mode == Database::Mode::kReadWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                        : SQLITE_OPEN_READONLY;
  return access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
}

// SQLite counts the memory that it uses under one lock for the whole process: what nobody asks for
// costs every call. Without effect where SQLite is in use already.
void CountNoMemory() {
  static int const done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(done);
}

int RememberFrames(void* frames, sqlite3* /*db*/, char const* /*name*/, int pages) {
  *static_cast<int*>(frames) = pages;
  return SQLITE_OK;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> Database::Open(std::string const& path, Mode mode) {
  CountNoMemory();
  sqlite3* handle = nullptr;
  int const code = sqlite3_open_v2(path.c_str(), &handle, FlagsOf(mode), nullptr);
  std::unique_ptr<Database> db(new Database(path, handle));
  std::string const doing = absl::StrCat("open database ", path);
  RETURN_IF_ERROR(SqliteStatus(code, handle, doing));
  RETURN_IF_ERROR(Annotate(db->Configure(mode), doing));
  return db;
}

absl::Status Database::Configure(Mode mode) {
  sqlite3_busy_timeout(db_, kBusyMillis);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_LOOKASIDE, nullptr, kLookasideBytes, kLookasideSlots);
  RETURN_IF_ERROR(AddMatchesFunction(db_));
  if (mode == Mode::kReadOnly) return RunScript("PRAGMA query_only = ON");
  RETURN_IF_ERROR(
      RunScript("PRAGMA journal_mode = WAL;"
                "PRAGMA synchronous = FULL;"
                "PRAGMA foreign_keys = ON;"
                "PRAGMA cache_size = -65536;"
                "PRAGMA wal_autocheckpoint = 0;"));
  // Growing the log is what costs, so it stays when the last connection closes.
  int persist = 1;
  sqlite3_file_control(db_, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
  sqlite3_wal_hook(db_, &RememberFrames, &wal_frames_);
  return absl::OkStatus();
}

Database::~Database() {
  for (auto const& [sql, statements] : prepared_) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close_v2(db_);
}

Statement Database::Prepare(std::string const& sql) {
  Statement::Prepared& prepared = *prepared_.try_emplace(sql).first;
  std::vector<sqlite3_stmt*>& idle = prepared.second;
  if (!idle.empty()) {
    sqlite3_stmt* const stmt = idle.back();
    idle.pop_back();
    return {this, &prepared, stmt, absl::OkStatus()};
  }
  sqlite3_stmt* stmt = nullptr;
  int const code = sqlite3_prepare_v3(db_, sql.c_str(), static_cast<int>(sql.size()) + 1,
                                      SQLITE_PREPARE_PERSISTENT, &stmt, nullptr);
  return {this, &prepared, stmt, SqliteStatus(code, db_, absl::StrCat("prepare \"", sql, "\""))};
}

void Database::GiveBack(Statement::Prepared& prepared, sqlite3_stmt* stmt) {
  sqlite3_reset(stmt);
  sqlite3_clear_bindings(stmt);
  prepared.second.push_back(stmt);
}

absl::Status Database::RunScript(std::string const& sql) {
  int const code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  return SqliteStatus(code, db_, absl::StrCat("run \"", sql, "\""));
}

int64_t Database::Changes() const { return sqlite3_changes64(db_); }
int64_t Database::TotalChanges() const { return sqlite3_total_changes64(db_); }
int64_t Database::LastRowId() const { return sqlite3_last_insert_rowid(db_); }
bool Database::InTransaction() const { return sqlite3_get_autocommit(db_) == 0; }

absl::Status Database::LimitSize(int64_t bytes) {
  Statement page_size = Query("PRAGMA page_size");
  if (!page_size.Step()) return page_size.status();
  return RunScript(absl::StrCat("PRAGMA max_page_count = ", bytes / page_size.Int(0)));
}

absl::Status Database::Checkpoint() {
  int const code =
      sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  // A reader in the way is no error: the next checkpoint takes what is left.
  if (code == SQLITE_BUSY) return absl::OkStatus();
  return SqliteStatus(code, db_, absl::StrCat("checkpoint ", path_));
}

}  // namespace probefarm
